"""
Letters to whoever an account belongs to: the way to a new password, and a word when a way in was changed.

Asked for in a request, written and sent by a worker: the page answers at once and the same, whoever was meant
and whether or not a mail server is there. What waits holds ids only; the key that sets a password is made when
its letter is. A worker that dies between sending and noting it sends the letter once more.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.models import SignedIn, User
from kernel import audit, crypto, outbox
from kernel.actors import Actor, ActorKind
from office.queries import practice_zone

PASSWORD, CHANGE = "access.password_letter_asked", "access.way_in_changed"  # noqa: S105  topics
FOR_GOOD = 500  # from here on an answer of a mail server is its last word (RFC 5321)
FORMER = "letter to the former address"  # the place a sealed address belongs to
CHANGES = {
    "password": "The password of your account was changed",
    "email": "The e-mail address of your account was changed",
    "app-on": "An authenticator app was added to your account",
    "app-off": "The authenticator app was taken off your account",
    "passkey-on": "A passkey was added to your account",
    "passkey-off": "A passkey was taken off your account",
    "codes": "New recovery codes were made for your account",
    "second-step-off": "The second step was taken off your account",
}


@dataclass(frozen=True)
class Where:
    """From where a way in was changed, as roughly as its owner can use it."""

    browser: str = ""
    place: str = ""
    address: str = ""
    colleague: str = ""


def ask_for_password(user: User | None, site: str) -> None:
    """
    A letter with a way to a new password, soon.

    Nobody (`None`) costs the page the same: who has an account here is not told by the clock either.
    """
    with transaction.atomic():
        outbox.publish(PASSWORD, user_id=user.pk if user else None, site=site)


def tell_of_change(
    user: User, change: str, *, by: Actor, session_key: str | None = None, former: str = ""
) -> None:
    """
    A word to the account's address, in the transaction of the change.

    `former`: an address that is the account's no more hears of it too; it is sealed while it waits.
    """
    own = by.kind is ActorKind.STAFF and by.id == user.pk
    row = SignedIn.objects.filter(user=user, session_key=session_key or "").first()
    outbox.publish(
        CHANGE,
        user_id=user.pk,
        change=change,
        at=timezone.now().isoformat(),
        colleague_id=by.id if by.kind is ActorKind.STAFF and not own else None,
        signed_in_id=row.pk if row else None,
        former=crypto.encrypt(former, place=FORMER) if former else "",
    )


def send_password_letter(user_id: UUID | None, site: str) -> None:
    """The key is made now, and holds for an hour from now."""
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user is None:
        return
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    _send(user, user.email, "password", {"link": f"{site.rstrip('/')}{path}"})


def send_change_letter(
    user_id: UUID, change: str, at: str, colleague_id: UUID | None, signed_in_id: UUID | None, former: str
) -> None:  # fmt: skip
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    said = {
        "change": CHANGES[change],
        "when": datetime.fromisoformat(at),
        "where": _where(colleague_id, signed_in_id),
    }
    for address in filter(None, [user.email, former and crypto.decrypt(former, place=FORMER)]):
        _send(user, address, "change", said)


def _where(colleague_id: UUID | None, signed_in_id: UUID | None) -> Where:
    colleague = User.objects.filter(pk=colleague_id).first() if colleague_id else None
    rows = SignedIn.objects.select_related("location")
    row = rows.filter(pk=signed_in_id).first() if signed_in_id else None
    return Where(
        browser=row.browser if row else "",
        place=row.location.name if row and row.location else "",
        address=row.address if row else "",
        colleague=str(colleague) if colleague else "",
    )


def _send(user: User, address: str, kind: str, said: dict[str, Any]) -> None:
    """An address that the mail server will never take is noted and given up; everything else is tried again."""
    with timezone.override(practice_zone()):
        subject = render_to_string(f"access/letters/{kind}_subject.txt", said).strip()
        body = render_to_string(f"access/letters/{kind}.txt", said)
    letter = EmailMessage(subject, body, to=[address], headers={"Auto-Submitted": "auto-generated"})
    taken = True
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code < FOR_GOOD for code, _ in refused.recipients.values()):
            raise
        taken = False
    audit.record_fact(
        Actor.system("letters"), page=f"access.{kind}_letter", kind="access.user", ids=[user.pk], taken=taken
    )  # fmt: skip
