from rest_framework.routers import SimpleRouter

from office.api.places import JobViewSet, LocationViewSet

router = SimpleRouter(use_regex_path=False)
router.register("locations", LocationViewSet, basename="location")
router.register("jobs", JobViewSet, basename="job")

urlpatterns = router.urls
