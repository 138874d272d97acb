from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        from scheduling import consequences, panels, rules, tasks  # noqa: F401  registered by being imported

        panels.register()
