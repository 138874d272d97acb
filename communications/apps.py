from django.apps import AppConfig


class CommunicationsConfig(AppConfig):
    name = "communications"
    verbose_name = "Communications"

    def ready(self) -> None:
        # Registered by being imported.
        from communications import adapters, panels, tasks, work  # noqa: F401

        panels.register()
