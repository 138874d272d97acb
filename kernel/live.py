"""
Live: a change reaches every open page within two seconds.

An act calls `changed(topic, location)`; after the commit the word goes to the event stream, which hands
it to the browsers that may work at that location; the page fetches its fragment again. Words carry
topics, never what changed.
"""

from typing import Any

from kernel import doorbell

CHANNEL = "live"


def changed(topic: str, location: Any = None) -> None:
    """Say that pages showing this topic (at this location; None: everywhere) are out of date."""
    place = str(getattr(location, "pk", location) or "*")
    doorbell.tell_after_commit(CHANNEL, f"{place} {topic}")
