from django.urls import path

from desk import document_urls
from desk.views import checklists, parties, tasks

app_name = "desk"

urlpatterns = [
    path("tasks/", tasks.board, name="tasks"),
    path("tasks/new/", tasks.add, name="add_task"),
    path("tasks/home/", tasks.home_tasks, name="home_tasks"),
    path("tasks/subjects/", tasks.find_subject, name="find_subject"),
    path("tasks/about/<str:kind>/<uuid:subject_id>/", tasks.about, name="about_tasks"),
    path("tasks/<uuid:task_id>/", tasks.one, name="task"),
    path("tasks/<uuid:task_id>/change/", tasks.change, name="change_task"),
    path("tasks/<uuid:task_id>/take/", tasks.take, name="take_task"),
    path("tasks/<uuid:task_id>/hand-over/", tasks.hand_over, name="hand_over_task"),
    path("tasks/<uuid:task_id>/comment/", tasks.comment, name="comment_on_task"),
    path("tasks/<uuid:task_id>/done/", tasks.complete, name="complete_task"),
    path("tasks/<uuid:task_id>/reopen/", tasks.reopen, name="reopen_task"),
    path("tasks/<uuid:task_id>/drop/", tasks.drop, name="drop_task"),
    path("checklists/", checklists.board, name="checklists"),
    path("checklists/home/", checklists.home_checklists, name="home_checklists"),
    path("checklists/begin/", checklists.begin, name="begin_checklists"),
    path("checklists/history/", checklists.history, name="checklist_history"),
    path("checklists/numbers/<uuid:item_id>/", checklists.numbers, name="checklist_numbers"),
    path("checklists/items/<uuid:item_id>/tick/", checklists.tick, name="tick"),
    path("checklists/items/<uuid:item_id>/untick/", checklists.untick, name="untick"),
    path("checklists/<uuid:run_id>/", checklists.one, name="checklist"),
    path("checklists/<uuid:run_id>/end/", checklists.close, name="end_checklist"),
    path("directory/", parties.directory, name="parties"),
    path("directory/emergency/", parties.sheet, name="emergency_sheet"),
    path("directory/new/", parties.add, name="add_party"),
    path("directory/<uuid:party_id>/", parties.one, name="party"),
    path("directory/<uuid:party_id>/change/", parties.change, name="change_party"),
    path("directory/<uuid:party_id>/retire/", parties.retire, name="retire_party"),
    path("directory/<uuid:party_id>/restore/", parties.restore, name="restore_party"),
    path("checklists/<uuid:run_id>/reopen/", checklists.reopen, name="reopen_checklist"),
    *document_urls.urlpatterns,
]
