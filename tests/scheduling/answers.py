"""What the pages of the schedule answer to htmx."""

import json

HTMX = {"HX-Request": "true", "HX-Target": "drawer"}


def triggers(answer):
    return json.loads(answer.headers["HX-Trigger"])
