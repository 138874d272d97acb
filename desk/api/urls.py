from rest_framework.routers import SimpleRouter

from desk.api.checklists import ChecklistViewSet
from desk.api.documents import DocumentViewSet
from desk.api.parties import PartyViewSet
from desk.api.tasks import TaskEntryViewSet, TaskViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tasks", TaskViewSet, basename="task")
router.register("task-entries", TaskEntryViewSet, basename="task-entry")
router.register("checklists", ChecklistViewSet, basename="checklist")
router.register("parties", PartyViewSet, basename="party")
router.register("documents", DocumentViewSet, basename="document")

urlpatterns = router.urls
