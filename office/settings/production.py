"""Behind a TLS proxy. Missing secrets stop the start with a sentence."""

import logging

from django.core.exceptions import ImproperlyConfigured

from office.settings.base import *  # noqa: F403
from office.settings.base import ALLOWED_HOSTS, FIELD_KEYS, LOGGING, SECRET_KEY, env

for name, value in {
    "SECRET_KEY": SECRET_KEY,
    "FIELD_KEYS": FIELD_KEYS,
    "ALLOWED_HOSTS": ALLOWED_HOSTS,
}.items():
    if not value:
        raise ImproperlyConfigured(
            f"Set {name} in the environment: production does not start without it."
        )
for name in ("DATABASE_URL", "REDIS_URL"):
    if not env(name, default="").strip():
        raise ImproperlyConfigured(
            f"Set {name} in the environment: production does not start without it."
        )

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device"
logging.captureWarnings(True)  # what packages warn of is a line like every other
LOGGING["formatters"]["line"] = {"()": "kernel.logs.JsonLines"}
LOGGING["loggers"]["office.request_line"]["level"] = "INFO"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
