from django.urls import include, path

from scheduling.views import day, today, visit

app_name = "scheduling"

a_visit = [
    path("", visit.appointment, name="appointment"),
    path("history/", visit.history, name="history"),
    path("steps/", today.steps, name="steps"),
    path("to/<slug:to>/", today.step, name="step"),
    path("back/", today.back, name="back"),
    path("confirm/", visit.confirm, name="confirm"),
    path("note/", visit.note, name="note"),
    path("cancel/", visit.cancel, name="cancel"),
    path("no-show/", visit.no_show, name="no_show"),
    path("reinstate/", visit.reinstate, name="reinstate"),
]

urlpatterns = [
    path("today/", today.today, name="today"),
    path("schedule/", day.day, name="day"),
    path("schedule/visits/<uuid:appointment_id>/", include(a_visit)),
]
