from rest_framework.routers import SimpleRouter

from staff.api.people import (
    CredentialViewSet,
    EmployeeTimeViewSet,
    EmployeeViewSet,
    PractitionerViewSet,
)

router = SimpleRouter(use_regex_path=False)
router.register("practitioners", PractitionerViewSet, basename="practitioner")
router.register("employees", EmployeeViewSet, basename="employee")
router.register("credentials", CredentialViewSet, basename="credential")
router.register("employee-time", EmployeeTimeViewSet, basename="employee-time")

urlpatterns = router.urls
