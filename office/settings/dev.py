"""One machine, one command (`make run`): plain HTTP on loopback, the launcher hands over the rest."""

from office.settings.base import *  # noqa: F403
from office.settings.base import CONTENT_SECURITY_POLICY, SECRET_KEY

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
SECRET_KEY = SECRET_KEY or "only for a checkout on one machine; the launcher writes a real one"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"] += ["http://localhost:*", "http://127.0.0.1:*"]
