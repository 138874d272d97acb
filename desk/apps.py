from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        # Registered by being imported.
        from desk import (  # noqa: F401
            document_panels,
            document_subjects,
            document_tasks,
            document_work,
            metrics,
            panels,
            subjects,
            tasks,
            work,
        )

        metrics.register()
        panels.register()
        document_panels.register()
