from django.urls import path

from fhir.views import imports

app_name = "fhir"

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("<uuid:job_id>/", imports.one, name="import"),
    path("<uuid:job_id>/progress/", imports.progress, name="progress"),
    path("<uuid:job_id>/cancel/", imports.cancel, name="cancel"),
]
