"""The event stream, served by a small ASGI process of its own: `granian --interface asgi office.events:application`."""

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings.dev")
django.setup()

application = import_string("access.stream.application")
