"""One machine, one command (`make run`): plain HTTP on loopback, the launcher hands over the rest."""

from office.settings.base import *  # noqa: F403
from office.settings.base import EVENTS_ORIGINS, EVENTS_URL, SECRET_KEY, env

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
SECRET_KEY = SECRET_KEY or "only for a checkout on one machine; the launcher writes a real one"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
if not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# The launcher serves the event stream on a port beside the pages: same site, same cookies.
PORT, EVENTS_PORT = env.int("PORT", default=8000), env.int("EVENTS_PORT", default=0)
if EVENTS_PORT and not EVENTS_URL:
    EVENTS_URL = f"http://localhost:{EVENTS_PORT}/events"
EVENTS_ORIGINS = EVENTS_ORIGINS or [
    f"http://{host}:{PORT}" for host in ("localhost", "127.0.0.1", "[::1]")
]
