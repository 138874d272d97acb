from django.apps import AppConfig, apps
from django.core.checks import register
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "House"

    def ready(self) -> None:
        from kernel import checks
        from kernel.privileges import grant_app_role

        register(checks.check_models)
        register(checks.check_routes)
        last = list(apps.get_app_configs())[-1]
        post_migrate.connect(
            grant_app_role, sender=last
        )  # once per migrate, when every table exists
