"""What the booking drawer says while one chooses: rules, clashes, free times, and the words of its button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel import clock, gates
from kernel.actors import Actor
from kernel.gates import Verdict
from kernel.templatetags import house
from patients.queries import Found, finder_rows
from scheduling.forms import BookingForm
from scheduling.permissions import Permission
from scheduling.queries.offers import Clash, Offer, clashes, day_words, first_openings

POINT = "appointment.book"
GRACE = timedelta(minutes=15)  # a slot that has just begun is booked without a word
LEAST_REASON = 20  # letters of an override: enough for a reason, too many for "ok"
TOO_SHORT = (
    "Say what makes this safe and lawful, for example the renewal's number. At least 20 letters."
)


@dataclass(frozen=True)
class Ruled:
    """A verdict as the drawer shows it: whether this actor may go past it, and what they typed for it."""

    verdict: Verdict
    may_override: bool
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class Said:
    """Everything that follows from what has been chosen so far."""

    words: str
    patient: Found | None = None
    rules: tuple[Ruled, ...] = ()
    fine: int = 0
    clashes: tuple[Clash, ...] = ()
    may_overbook: bool = False
    overbook_reason: str = ""
    offers: tuple[Offer, ...] = ()
    offers_title: str = ""
    chosen: str = ""
    problems: tuple[str, ...] = ()
    is_past: bool = False
    length: int | None = None
    signs: str = ""

    @property
    def is_blocked(self) -> bool:
        return any(each.verdict.level == "block" for each in self.rules)


def listen(form: BookingForm, actor: Actor, now: datetime, **more: Any) -> Said:
    """What to say about a form, as far as it makes sense already; nothing is written and nothing kept."""
    form.is_valid()
    data = form.cleaned_data
    who, kind, start = data.get("practitioner"), data.get("appointment_type"), form.start
    minutes = data.get("minutes") or (kind.minutes if kind else 0)
    patient = data.get("patient")
    rules: Sequence[Ruled] = ()
    taken: list[Clash] = []
    if start and kind and minutes:
        period = clock.period(start, minutes)
        question = {
            "patient": patient, "practitioner": who, "location": form.location,
            "appointment_type": kind, "period": period,
        }  # fmt: skip
        rules = ruled(gates.look(POINT, **question), actor, form.data, **more)
        taken = clashes(
            patient=patient, practitioner=who, location=form.location, period=period, by_id=actor.id
        )
    is_blocked = any(each.verdict.level == "block" for each in rules)
    offered, title = (
        _offers(form, kind, None if is_blocked else who, minutes, now) if kind else ((), "")
    )
    return Said(
        words=words(form, now),
        patient=next(iter(finder_rows([patient.pk], actor=actor)), None) if patient else None,
        rules=tuple(rules),
        fine=len(gates.rules_at(POINT)) - len(rules) if rules or start else 0,
        clashes=tuple(taken),
        may_overbook=_may_overbook(actor, kind, taken),
        overbook_reason=form.data.get("overbook_reason", ""),
        offers=offered,
        offers_title=title,
        chosen=_value(form, who.pk if who else None),
        problems=problems(form),
        is_past=start is not None and now - start > GRACE,
        length=_new_length(form, kind),
        signs=f"as {actor.name}",
    )


def ruled(
    verdicts: Sequence[Verdict], actor: Actor, typed: Mapping[str, Any], *, is_sent: bool = False
) -> tuple[Ruled, ...]:
    """:param is_sent: the form was sent, so a reason that is too short is an error by now"""
    rows = []
    for verdict in verdicts:
        reason = str(typed.get(f"override-{verdict.rule}", "")).strip()
        short = is_sent and bool(reason) and len(reason) < LEAST_REASON
        may = verdict.level == "block" and verdict.may_override(actor)
        rows.append(Ruled(verdict.shown_to(actor), may, reason, TOO_SHORT if short else ""))
    return tuple(rows)


def overrides(typed: Mapping[str, Any]) -> dict[str, str]:
    """The reasons that came back as `override-<rule>`, where they are reasons."""
    reasons = {
        name.removeprefix("override-"): str(value).strip()
        for name, value in typed.items()
        if name.startswith("override-")
    }
    return {rule: why for rule, why in reasons.items() if len(why) >= LEAST_REASON}


def has_short_reason(typed: Mapping[str, Any]) -> bool:
    return any(
        name.startswith("override-") and 0 < len(str(value).strip()) < LEAST_REASON
        for name, value in typed.items()
    )


def words(form: BookingForm, now: datetime) -> str:
    """Book 11:15 with Bell; on another day Book Tue 11:15 with Bell."""
    start, who = form.start, form.cleaned_data.get("practitioner")
    verb = "Overbook" if str(form.data.get("overbook_reason", "")).strip() else "Book"
    if start is None:
        return f"{verb} the visit"
    begins = clock.local(start, form.location.zone)
    today = clock.today(now, form.location.zone)
    day = "" if begins.date() == today else f"{day_words(begins.date(), today)} "
    with_whom = f" with {who.family_name}" if who else ""
    return f"{verb} {day}{house.clock(begins)}{with_whom}"


def problems(form: BookingForm) -> tuple[str, ...]:
    """What was typed and cannot be read, told before the form is sent."""
    return tuple(
        form.errors[name][0]
        for name in ("day", "time", "minutes")
        if name in form.errors and str(form.data.get(name, "")).strip()
    )


def _offers(
    form: BookingForm, kind: Any, who: Any, minutes: int, now: datetime
) -> tuple[tuple[Offer, ...], str]:
    day = form.cleaned_data.get("day") or form.today
    since = clock.day(max(day, form.today), form.location.zone).lower
    found = first_openings(
        appointment_type=kind,
        location=form.location,
        practitioners=[who.pk] if who else None,
        since=since,
        now=now,
        minutes=minutes or None,
    )
    title = f"First openings with {who.family_name}" if who else "First openings"
    return tuple(found), title


def _may_overbook(actor: Actor, kind: Any, taken: Sequence[Clash]) -> bool:
    beside = any(each.kind == "practitioner" for each in taken)
    return beside and kind.overbook_cap > 0 and actor.may(Permission.OVERBOOK)


def _value(form: BookingForm, practitioner_id: UUID | None) -> str:
    start = form.start
    if start is None or practitioner_id is None:
        return ""
    begins = clock.local(start, form.location.zone)
    return f"{begins.date().isoformat()} {house.clock(begins)} {practitioner_id}"


def _new_length(form: BookingForm, kind: Any) -> int | None:
    """The type's own length, when the type was changed and the length still is the former type's."""
    usual, minutes = form.cleaned_data.get("usual"), form.cleaned_data.get("minutes")
    if kind is None or usual is None or minutes != usual or kind.minutes == usual:
        return None
    return int(kind.minutes)
