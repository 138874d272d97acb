"""The application serves as a role that cannot rewrite the past: no UPDATE, DELETE or TRUNCATE where rows only grow."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""


def grant_app_role(**_kwargs: Any) -> None:
    """After each migration, as the owner: what the serving role may do. Nothing where there is no such role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [settings.APP_ROLE],
        )
        if cursor.fetchone() is None:
            return
        role = connection.ops.quote_name(settings.APP_ROLE)
        cursor.execute(GRANTS.format(role=role))
        for model in apps.get_models():
            if getattr(model, "append_only", False):
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
