from rest_framework.routers import SimpleRouter

from patients.api.patients import EncounterViewSet, PatientViewSet

router = SimpleRouter(use_regex_path=False)
router.register("patients", PatientViewSet, basename="patient")
router.register("encounters", EncounterViewSet, basename="encounter")

urlpatterns = router.urls
