"""The pages. A route without a policy stops the start here, not at the first visitor."""

import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from kernel.encodings import with_readable_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings.dev")

application = with_readable_type(get_wsgi_application())

if undeclared := [error for error in run_checks() if (error.id or "").startswith("kernel.E")]:
    raise ImproperlyConfigured("\n".join(str(error) for error in undeclared))
