"""Where somebody is signed in: ended by themselves, or by who manages accounts."""

from access import browsers
from access.actions.delicate import check_over
from access.models import SignedIn, User
from access.permissions import Permission
from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import OutOfScope


@act(permission=None)
def end_own_session(*, session: SignedIn, by: Actor) -> SignedIn:
    """
    Sign out one of one's own browsers.

    :raises OutOfScope: it is somebody else's
    """
    if session.user_id != by.id:
        raise OutOfScope
    acts.note(session)
    browsers.end([session])
    return session


@act(permission=None)
def end_other_sessions(*, keep: str, by: Actor) -> int:
    """Sign out all of one's own browsers but this one."""
    rows = SignedIn.objects.filter(user_id=by.own_id).exclude(session_key=keep)
    ended = browsers.end(rows)
    acts.note(User.objects.get(pk=by.own_id), ended=ended)
    return ended


@act(permission=Permission.MANAGE_USERS)
def end_sessions_of(*, user: User, by: Actor) -> int:
    """
    Sign somebody out everywhere; what they have not saved is lost.

    :raises Forbidden: the account reaches further than the actor
    """
    check_over(user, by)
    ended = browsers.end(SignedIn.objects.filter(user=user))
    acts.note(user, ended=ended)
    return ended
