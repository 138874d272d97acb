from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "People who sign in"

    def ready(self) -> None:
        from access import consequences, panels, tasks, work  # noqa: F401  registered by being imported
        from access.roles import sync_roles

        panels.register()

        # Once per migrate, after the last app: every room's permissions exist and reach their roles.
        post_migrate.connect(sync_roles, sender=list(apps.get_app_configs())[-1])
