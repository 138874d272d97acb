"""
What a thing looks like on a page: its icon, and the nine states a visit is drawn in.

Templates reach this through ``{% load house %}``. A query that prepares more than a hundred rows
calls ``icon()`` itself, so that its template can stay flat.
"""

from functools import lru_cache
from typing import NamedTuple

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


class Look(NamedTuple):
    """How a state is drawn; its hue is the class ``st-<name>`` of the style sheet."""

    icon: str
    word: str


# Display states, not FHIR codes: a query derives them from the appointment and its encounter.
STATES = {
    "requested": Look("circle-dashed", "Request"),
    "scheduled": Look("circle", "Scheduled"),
    "confirmed": Look("check", "Confirmed"),
    "arrived": Look("door-enter", "Waiting"),
    "inroom": Look("bed", "In room"),
    "checkout": Look("arrow-right", "Checkout"),
    "completed": Look("circle-check-filled", "Completed"),
    "noshow": Look("ban", "No-show"),
    "cancelled": Look("x", "Canceled"),
}


@lru_cache(maxsize=1024)  # the sprite's address is fixed while the process runs
def icon(name: str, css: str = "") -> SafeString:
    """One icon of static/icons.txt; it stands beside a word, so screen readers skip it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("icons.svg"),
        name,
    )
