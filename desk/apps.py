from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        # Registered by being imported.
        from desk import metrics, panels, subjects, tasks, work  # noqa: F401

        metrics.register()
        panels.register()
