from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        # Registered by being imported.
        from scheduling import consequences, metrics, panels, reminders, rules, tasks, work  # noqa: F401

        metrics.register()
        panels.register()
        reminders.register()
