"""The tests: real Postgres and Valkey of their own; nothing is remembered between two questions."""

import base64
import sys
from collections.abc import Iterator

from office.settings.base import *  # noqa: F403
from office.settings.base import INSTALLED_APPS, LOGGING, TEMPLATES, env

SECRET_KEY = "tests"
FIELD_KEYS = [f"test:{base64.b64encode(bytes(32)).decode()}"]
ALLOWED_HOSTS = ["*"]
DEMO = True
MEMO_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = False
DATA_DIR = env.path("TEST_DATA_DIR", default="/tmp/medical-office-manager-tests")()  # noqa: S108


class Undefined(str):
    """
    What an undefined variable prints: loud in our templates; in those of packages, which rely on it, nothing.

    The engine asks it for its truth to learn whether something is configured, and only then prints it.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        asked_by = sys._getframe(1)
        context = asked_by.f_locals.get("context")
        if asked_by.f_code.co_name != "resolve" or context is None:
            return False
        template = context.render_context.template
        return template is None or "site-packages" not in template.origin.name

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __str__(self) -> str:
        return ""


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("«undefined: %s»")
LOGGING["root"]["level"] = "WARNING"
INSTALLED_APPS.insert(
    0, "django_migration_linter"
)  # for `make check`; first, since the last one syncs roles
