"""
How a visit is shown at a moment: one of the nine display states, its word and icon, and its flags.

Display states are derived from the appointment and its encounter, never stored; the day grid, the Today
board, My day and the drawer all ask here, so a visit looks the same everywhere. Pure functions over
plain values: a query reads the columns named in `FACTS` and hands them over.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from kernel import looks
from scheduling.models import AppointmentStatus, Confirmation

# The columns of Appointment from which everything here follows, in the order of `Facts`.
FACTS = (
    "status",
    "confirmation",
    "starts_at",
    "lane",
    "encounter__status",
    "encounter__arrived_at",
    "encounter__roomed_at",
    "encounter__seen_at",
    "encounter__ready_at",
    "encounter__left_at",
    "encounter__room__name",
)
LONG_WAIT_MINUTES = 20
LATE_AFTER = timedelta(minutes=1)  # a start that is still on the clock is not late
REQUESTED = {AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.WAITLIST}
EXPECTED = {"requested", "scheduled", "confirmed"}
IN_OFFICE = {"arrived", "inroom", "checkout"}
LATE_ICON = "clock-exclamation"


class Facts(NamedTuple):
    """What is known of one visit: `Facts(*row)` for a row of `values_list(*FACTS)`."""

    status: str
    confirmation: str
    starts_at: datetime
    lane: int = 0
    encounter_status: str | None = None
    arrived_at: datetime | None = None
    roomed_at: datetime | None = None
    seen_at: datetime | None = None
    ready_at: datetime | None = None
    left_at: datetime | None = None
    room: str | None = None


class Shown(NamedTuple):
    """
    A visit as it is drawn.

    `word` is what stands beside the icon ("Waiting 31 m", "Room 3"); `brief` is what is left of it on a card of
    one line ("31 m"); `flags` are the words for a screen reader that the word does not say already.
    """

    state: str
    word: str
    brief: str
    icon: str
    since: datetime | None = None  # what the minutes in the word are counted from
    is_late: bool = False
    waits_too_long: bool = False
    is_overbooked: bool = False
    must_move: bool = False

    @property
    def css(self) -> str:
        """The classes of a card: the state's hue, and what is derived, drawn on top."""
        late = " appt--late" if self.is_late else ""
        long = " appt--long" if self.waits_too_long else ""
        move = " appt--move" if self.must_move else ""
        return f"st-{self.state}{late}{long}{move}"

    @property
    def flags(self) -> tuple[str, ...]:
        said = (
            (self.waits_too_long, "waiting too long"),
            (self.is_overbooked, "overbooked"),
            (self.must_move, "must be moved"),
        )
        return tuple(word for is_so, word in said if is_so)


def show(
    facts: Facts,
    now: datetime,
    *,
    must_move: bool = False,
    long_wait_minutes: int = LONG_WAIT_MINUTES,
) -> Shown:
    """The visit as it is drawn at `now`; `must_move` when a rule or an absence has taken its time."""
    state = state_of(facts)
    word, brief, since = _word(facts, state, now)
    is_late = state in EXPECTED and now - facts.starts_at >= LATE_AFTER
    too_long = (
        state == "arrived" and since is not None and _minutes(since, now) >= long_wait_minutes
    )
    icon = LATE_ICON if is_late or too_long else looks.STATES[state].icon
    return Shown(
        state,
        word,
        brief,
        icon,
        since,
        is_late,
        too_long,
        facts.lane > 0,
        must_move and state in EXPECTED,
    )


def state_of(facts: Facts) -> str:
    """One of `kernel.looks.STATES`."""
    status = facts.status
    if status in REQUESTED:
        return "requested"
    if status == AppointmentStatus.BOOKED:
        return "confirmed" if facts.confirmation == Confirmation.CONFIRMED else "scheduled"
    if status == AppointmentStatus.NO_SHOW:
        return "noshow"
    if status in {AppointmentStatus.CANCELLED, AppointmentStatus.ENTERED_IN_ERROR}:
        return "cancelled"
    return _state_here(facts)


def _state_here(facts: Facts) -> str:
    """Arrived and after: the steps of the encounter tell how far; an imported visit has none and is over."""
    if facts.left_at or facts.encounter_status in {None, "finished"}:
        return "completed"
    if facts.ready_at:
        return "checkout"
    return "inroom" if facts.roomed_at or facts.seen_at else "arrived"


def _word(facts: Facts, state: str, now: datetime) -> tuple[str, str, datetime | None]:
    if state == "arrived" and facts.arrived_at:
        waits = minutes_words(_minutes(facts.arrived_at, now))
        return f"Waiting {waits}", waits, facts.arrived_at
    if state == "inroom":
        word = facts.room or ("With clinician" if facts.seen_at else looks.STATES[state].word)
        return word, word, None
    if state in EXPECTED and now - facts.starts_at >= LATE_AFTER:
        late = minutes_words(_minutes(facts.starts_at, now))
        return f"{late} late", late, facts.starts_at
    word = looks.STATES[state].word
    return word, word, None


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))


def minutes_words(minutes: int) -> str:
    """31 m, 1 h 5 m; a visit nobody closed days ago is not counted in hours."""
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        days = hours // 24
        return "1 day" if days == 1 else f"{days} days"
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} m"] * bool(rest or not hours))
