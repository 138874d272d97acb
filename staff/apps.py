from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        # Registered by being imported.
        from staff import panels, rules, subjects, tasks, work  # noqa: F401
