from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        from office import panels, policies, rules, work  # noqa: F401  registered by being imported

        panels.register()
