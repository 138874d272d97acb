"""In which browsers somebody is signed in: so that they can see it, and end what is not theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone

from access import place, sessions
from access.models import SignedIn, User
from access.throttle import client_address
from office import queries

# The first that is found says it: every browser calls itself several.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
            ("CriOS/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
           ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True)
class Browser:
    """One line of the list."""

    id: UUID
    name: str
    address: str
    place: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def note(request: Any, user: User) -> None:
    """Somebody has just signed in here; rows of sessions that are over by now go."""
    longest = timedelta(seconds=settings.SESSION_LONGEST_SECONDS)
    SignedIn.objects.filter(user=user, created_at__lt=timezone.now() - longest).delete()
    SignedIn.objects.create(
        user=user,
        session_key=request.session.session_key,
        browser=name_of(request.META.get("HTTP_USER_AGENT", "")),
        address=client_address(request),
        location_id=_place(request, user),
    )


def of(user_id: UUID, this_session: str | None = None) -> list[Browser]:
    """Where a user is signed in now, the latest first. What is over is not among them."""
    rows = SignedIn.objects.filter(user_id=user_id).select_related("location")
    alive = [(row, session) for row in rows if _holds(session := _session(row), user_id)]
    found = [_browser(row, session, this_session) for row, session in alive]
    return sorted(found, key=lambda each: each.seen_at, reverse=True)


def end(rows: Iterable[SignedIn]) -> int:
    """
    Sign out there; nothing of those sessions opens anything from now on.

    Once more after the commit: a request that ran meanwhile may have put one back into the cache.
    """
    gone = list(rows)
    for row in gone:
        _session(row).delete()
        transaction.on_commit(_session(row).delete)
    SignedIn.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)


def moving(request: Any, change: Callable[[], Any]) -> Any:
    """Do what gives the session another id, and keep its line in the list."""
    before = request.session.session_key
    answer = change()
    after = request.session.session_key
    if before and after and before != after:
        SignedIn.objects.filter(session_key=before).update(session_key=after)
    return answer


def name_of(agent: str) -> str:
    """“Chrome on Windows”; enough to know one's own again."""
    browser = next((word for mark, word in BROWSERS if mark in agent), "A browser")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def _session(row: SignedIn) -> SessionBase:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found: SessionBase = store(session_key=row.session_key)
    return found


def _holds(session: SessionBase, user_id: UUID) -> bool:
    standing = sessions.standing_of(session)
    return standing is not None and standing.user_id == user_id


def _browser(row: SignedIn, session: SessionBase, this_session: str | None) -> Browser:
    return Browser(
        id=row.pk,
        name=row.browser,
        address=row.address,
        place=row.location.name if row.location else "",
        began_at=row.created_at,
        seen_at=datetime.fromtimestamp(session[sessions.SEEN], UTC),
        is_this=row.session_key == this_session,
    )


def _place(request: Any, user: User) -> UUID | None:
    """Where this browser stands, or where the person worked last."""
    ours = {str(each.pk): each.pk for each in queries.own_locations()}
    wanted = request.COOKIES.get(place.COOKIE, ""), user.preferences.get("place", "")
    return next((ours[each] for each in wanted if each in ours), None)
