"""What the staff room answers at the gates: lapsed credentials, and people who are away."""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import date

from django.urls import reverse
from django.utils import timezone

from kernel import clock, gates
from kernel.gates import Finding, Question, Remedy
from office.rules import BOOK
from staff import words
from staff.models.credential import SPOKEN, CredentialKind
from staff.permissions import Permission
from staff.queries.hindrances import Asked, Hindrances, Lapsed, hindrances

Answers = dict[int, Hindrances]
# Both rules read one answer: a booking has a budget of statements. Kept only until the other rule took it.
_answered: ContextVar[tuple[Sequence[Question], str, Answers] | None] = ContextVar(
    "the last questions, which rule asked them, and the answer", default=None
)


@gates.rule(
    BOOK,
    "staff.credential_expired",
    "A required credential has expired",
    level="block",
    override=Permission.OVERRIDE_CREDENTIAL,
)
def credential_expired(asked: Sequence[Question]) -> list[Finding | None]:
    answers = _shared("staff.credential_expired", asked)
    return [_expired(question, answers.get(place)) for place, question in enumerate(asked)]


@gates.rule(
    BOOK,
    "staff.practitioner_away",
    "The practitioner is away",
    level="block",
    override=Permission.OVERRIDE_CREDENTIAL,
)
def practitioner_away(asked: Sequence[Question]) -> list[Finding | None]:
    answers = _shared("staff.practitioner_away", asked)
    return [_away(question, answers.get(place)) for place, question in enumerate(asked)]


def _shared(rule: str, asked: Sequence[Question]) -> Answers:
    """The answer to these very questions, from the other rule if it has just asked them."""
    kept = _answered.get()
    if kept and kept[0] is asked and kept[1] != rule:
        _answered.set(None)
        return kept[2]
    answers = _look_up(asked)
    _answered.set((asked, rule, answers))
    return answers


def _look_up(asked: Sequence[Question]) -> Answers:
    places = [place for place, question in enumerate(asked) if question["practitioner"]]
    found = hindrances(
        [
            Asked(asked[place]["practitioner"].pk, asked[place]["period"], _day(asked[place]))
            for place in places
        ]
    )
    return {places[number]: each for number, each in found.items()}


def _day(question: Question) -> date:
    return clock.local(question["period"].lower, question["location"].zone).date()


def _expired(question: Question, found: Hindrances | None) -> Finding | None:
    if found is None or not found.lapsed:
        return None
    who, first = question["practitioner"].spoken, found.lapsed[0]
    today = clock.today(timezone.now(), question["location"].zone)
    verb = "expired" if first.expires_date <= today else "expires"
    return Finding(
        f"{who}'s {_spoken(first)} {verb} on {_date(first.expires_date)}.",
        facts=tuple(
            (_spoken(each).capitalize(), f"no longer holds from {words.day(each.expires_date)}")
            for each in found.lapsed
        ),
        remedy=Remedy(
            "Open the credentials",
            reverse("staff:credentials", args=[found.employee_id]),
            Permission.KEEP_CREDENTIALS,
        ),
    )


def _away(question: Question, found: Hindrances | None) -> Finding | None:
    if found is None:
        return None
    who, zone = question["practitioner"].spoken, question["location"].zone
    if found.parted_date:
        return _parted(who, found.parted_date, clock.today(timezone.now(), zone))
    if found.away:
        spans = tuple(("Away", words.span(each, zone)) for each in found.away)
        return Finding(f"{who} is away: {spans[0][1]}.", facts=spans)
    return None


def _parted(who: str, last_day: date, today: date) -> Finding:
    verb = "was" if last_day < today else "is"
    return Finding(
        f"{who} has left by then: the last day {verb} {words.day(last_day)}.",
        facts=(("Last day", words.day(last_day)),),
    )


def _spoken(credential: Lapsed) -> str:
    kind = CredentialKind(credential.kind)
    name = credential.name or SPOKEN.get(kind) or kind.label
    return f"{credential.state} {name}".strip() if kind != CredentialKind.LICENSE else name


def _date(day: date) -> str:
    return f"{day.day} {day:%b}" if day.year == timezone.now().year else f"{day.day} {day:%b %Y}"
