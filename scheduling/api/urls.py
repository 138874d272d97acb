from rest_framework.routers import SimpleRouter

from scheduling.api.appointments import AppointmentViewSet
from scheduling.api.openings import AppointmentTypeViewSet, OpeningViewSet

router = SimpleRouter(use_regex_path=False)
router.register("appointments", AppointmentViewSet, basename="appointment")
router.register("appointment-types", AppointmentTypeViewSet, basename="appointment-type")
router.register("openings", OpeningViewSet, basename="opening")

urlpatterns = router.urls
