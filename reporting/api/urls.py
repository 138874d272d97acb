from rest_framework.routers import SimpleRouter

from reporting.api.metrics import MetricViewSet

router = SimpleRouter(use_regex_path=False)
router.register("metrics", MetricViewSet, basename="metric")

urlpatterns = router.urls
