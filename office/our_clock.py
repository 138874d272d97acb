"""Times on pages are wall times: the practice's, where no location is meant."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from office import queries


class OurClock:
    """
    What pages print and read without saying where is on the practice's clock, never on UTC.

    The API says offsets and stays in UTC. Times of a location are made local to it by their queries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/") or not request.actor.is_known:  # type: ignore[attr-defined]
            return self.get_response(request)
        with timezone.override(queries.practice_zone()):
            return self.get_response(request)
