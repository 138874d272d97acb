"""Where everything is. Rooms are named as strings, so the composition root imports nothing upward."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from office.views import gallery, health, home, jobs, metrics, rules

handler400 = "office.views.errors.bad_request"
handler403 = "office.views.errors.forbidden"
handler404 = "office.views.errors.not_found"
handler500 = "office.views.errors.server_error"

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("", home.home, name="home"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:name>/", rules.change_rule, name="rule-change"),
    path("jobs/", jobs.own_jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel_job, name="job-cancel"),
    path("admin-panel/", admin.site.urls),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("api/v1/", include("office.api.urls")),
    path("api/v1/", include("desk.api.urls")),
    path("api/v1/", include("staff.api.urls")),
    path("api/v1/", include("patients.api.urls")),
    path("api/v1/", include("scheduling.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("patients/", include("patients.urls")),
    path("", include("communications.urls")),
    path("", include("portal.urls")),
    path("", include("desk.urls")),
    path("", include("staff.urls")),
    path("import/fhir/", include("fhir.urls")),
    path("set-up/", include("first_run.urls")),
    path("", include("reporting.urls")),
    path("", include("access.urls")),
    path("", include("scheduling.urls")),
]
