"""Is somebody still there? One judgement for pages, polls and the event stream."""

import hashlib
import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from access import grants

SEEN, BEGAN, CONFIRMED, RIGHTS = "seen_at", "began_at", "confirmed_at", "rights"
TOUCH_EVERY = 30  # seconds between two notes that somebody is there
FORM_MAY_TAKE = 15 * 60  # seconds: a delicate form that was opened in time may be typed in peace


def standing_of(session: SessionBase) -> grants.Standing | None:
    """
    Who is signed in with this session, or None: nobody, idle too long, signed in too long, rights gone.

    It only looks: neither the session nor the user is touched.
    """
    user_id = session.get(SESSION_KEY)
    if not user_id:
        return None
    found = grants.standing(UUID(user_id))
    if found is None or not found.is_active or is_over(session):
        return None
    if _fits(session, found):
        return found
    # The password changed a moment ago, perhaps in another process, and this session belongs to the new one.
    fresh = grants.look(UUID(user_id))
    return fresh if fresh and fresh.is_active and _fits(session, fresh) else None


def _fits(session: SessionBase, found: grants.Standing) -> bool:
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), found.session_hash)


def is_over(session: SessionBase) -> bool:
    """Idle too long or signed in too long. A session that was never begun here has not begun."""
    now = time.time()
    seen, began = session.get(SEEN, 0), session.get(BEGAN, 0)
    return (
        now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_LONGEST_SECONDS
    )


def begin(session: SessionBase) -> None:
    """Somebody has just signed in."""
    session[BEGAN] = session[SEEN] = session[CONFIRMED] = time.time()


def confirm(session: SessionBase) -> None:
    """They have just shown once more who they are."""
    session[CONFIRMED] = time.time()


def is_confirmed(session: SessionBase, *, sending: bool = False) -> bool:
    """Whether they showed lately who they are; what is sent may have been opened a while before."""
    limit = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + (FORM_MAY_TAKE if sending else 0)
    return time.time() - session.get(CONFIRMED, 0) < limit


def rights_changed(session: SessionBase, standing: grants.Standing) -> bool:
    """Whether its person has other rights than when its id was given out; noted, so that it is said once."""
    before, now = session.get(RIGHTS), rights_mark(standing)
    if before is not None and before != now:
        session[RIGHTS] = now
        return True
    return False


def rights_mark(standing: grants.Standing) -> str:
    return hashlib.sha256(" ".join(sorted(standing.grants.permissions)).encode()).hexdigest()[:16]


def touch(request: Any) -> None:
    """Somebody is there. Polls and streams never call this."""
    now = time.time()
    if now - request.session.get(SEEN, 0) > TOUCH_EVERY:
        request.session[SEEN] = now
