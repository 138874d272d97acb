from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        # Registered by being imported.
        from desk import panels, subjects, work  # noqa: F401

        panels.register()
