"""The tests: real Postgres and Valkey of their own; nothing is remembered between two questions."""

import base64

from office.settings.base import *  # noqa: F403
from office.settings.base import LOGGING, TEMPLATES, env

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
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "«undefined: %s»"
LOGGING["root"]["level"] = "WARNING"
