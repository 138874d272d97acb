from django.apps import AppConfig


class FhirConfig(AppConfig):
    name = "fhir"
    verbose_name = "FHIR"

    def ready(self) -> None:
        from fhir import jobs, panels

        jobs.register()
        panels.register()
