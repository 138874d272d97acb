"""The day sheet: what stands where, at half past ten on the Monday, and what it costs."""

import gzip
from datetime import date, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from kernel.models import GateSetting
from office import queries as office_queries
from scheduling.actions import cancelling, flow
from scheduling.actions.booking import book_appointment
from scheduling.models import Appointment, AvailabilityException, Hold, Reservation
from scheduling.queries import board as boards
from scheduling.queries.board import day_board
from scheduling.views.day import Asked, context
from tests import factories
from tests.clock import MONDAY, at, period

NOW = at("10:30")


@pytest.fixture
def board(location, desk):
    """`board(by="room")`: the Monday at the location as the desk sees it."""

    def draw(actor=None, **asked):
        return day_board(
            **{"actor": actor or desk, "location": location, "day": MONDAY, "now": NOW} | asked
        )

    return draw


def cards(board):
    return {card.family: card for column in board.columns for card in column.cards}


def marks(board, css):
    return [
        (mark.place, mark.text)
        for column in board.columns
        for mark in column.marks
        if css in mark.css.split()
    ]


def numbers(board):
    return {count.state: count.number for count in board.counts if count.state}


def named(family):
    return factories.PatientFactory(family_name=family, given_name="Ada")


def test_the_sheet_runs_from_opening_to_closing(board, practitioner):
    drawn = board()

    assert (drawn.starts, drawn.slots) == ("07:00", 14 * 4)
    assert [column.name for column in drawn.columns] == [practitioner.short]
    assert drawn.columns[0].line == "MD · 8–5"
    assert drawn.hours[0] == (0, "7 am")
    assert drawn.now_at == 210
    assert drawn.now_words == "10:30"


def test_closed_hours_are_shaded(board, practitioner):
    assert marks(board(), "shut") == [("--t:0;--m:60", ""), ("--t:600;--m:240", "")]


def test_a_closed_day_is_shaded_all_over_and_says_why(board, practitioner, location):
    location.closures.create(first_date=MONDAY, last_date=MONDAY, name="Snow")

    drawn = board()

    assert drawn.closed_because == "Snow"
    assert drawn.free == 0
    assert marks(drawn, "shut") == [("--t:0;--m:540", "")]


def test_a_visit_stands_at_its_time_with_its_name_type_and_state(board, book):
    book("09:00", "09:45", patient=named("Donnelly"), note="with interpreter")

    card = cards(board())["Donnelly"]

    assert card.place == "--t:120;--m:45"
    assert (card.shape.size, card.initial, card.rest) == ("l", "A", "da")
    assert (card.kind, card.note) == ("Follow-up", "with interpreter")
    assert card.tail == "9:00 to 9:45"
    assert not card.shape.is_fixed


def test_a_short_card_says_type_and_time_to_a_screen_reader(board, book):
    book("11:00", "11:15", patient=named("Abara"))

    card = cards(board())["Abara"]

    assert card.shape.size == "s"
    assert card.tail == "Follow-up, 11:00 to 11:15"


def test_nothing_a_patient_or_a_clerk_wrote_becomes_markup(board, book):
    book("11:00", "11:45", patient=named("<b>%s & %(id)s"), note="<script>100%</script>")

    markup = cards(board())["<b>%s & %(id)s"].html

    assert "&lt;b&gt;%s &amp; %(id)s" in markup
    assert "&lt;script&gt;100%&lt;/script&gt;" in markup
    assert "<script" not in markup


def test_overlapping_visits_stand_side_by_side_and_widen_the_column(board, book):
    book("09:00", "09:30", patient=named("Moreau"))
    book("09:15", "09:30", patient=named("Tran"), overbook_reason="Fever")

    drawn = board()

    assert cards(drawn)["Moreau"].place == "--t:120;--m:30;--lane:0;--lanes:2"
    assert cards(drawn)["Tran"].place == "--t:135;--m:15;--lane:1;--lanes:2"
    assert "overbooked" in cards(drawn)["Tran"].tail
    assert drawn.shares == "minmax(0,1.5fr)"


def test_a_canceled_visit_is_gone_and_a_no_show_stays(board, book, desk):
    gone = book("09:00", patient=named("Gone"))
    missed = book("09:30", patient=named("Missed"))
    cancelling.cancel_appointment(
        appointment=gone, cancelled_by="patient", reason="Ill", by=desk, at=NOW
    )
    cancelling.mark_no_show(appointment=missed, by=desk, at=NOW)

    assert list(cards(board())) == ["Missed"]


def test_the_strip_counts_states_waits_and_openings(board, book, desk):
    book("09:00", patient=named("Late"))
    book("14:00")
    waiting = book("10:00", patient=named("Waits"))
    flow.arrive(appointment=waiting, by=desk, at=at("10:05"))

    drawn = board()

    assert numbers(drawn)["scheduled"] == 2
    assert numbers(drawn)["arrived"] == 1
    assert next(count.more for count in drawn.counts if count.state == "arrived") == "longest 25 m"
    assert numbers(drawn)["open"] == drawn.free == 2  # 10:30 to 2 and 2:30 to 5
    assert drawn.columns[0].line == "30 m late"


def test_a_filter_dims_the_rest_and_shortens_the_list(board, book, desk):
    book("14:00", patient=named("Later"))
    flow.arrive(appointment=book("10:00", patient=named("Here")), by=desk, at=at("10:05"))

    drawn = board(only="arrived")

    assert "is-off" in cards(drawn)["Later"].css
    assert "is-off" not in cards(drawn)["Here"].css
    assert [row.name for row in board(only="arrived", as_list=True).rows] == ["Here, Ada"]


def test_the_list_has_visits_free_time_and_now_in_the_order_of_the_clock(board, book, practitioner):
    book("09:00", patient=named("Early"))
    book("11:00", "12:00", patient=named("Later"))

    rows = [(row.time, row.name or row.line or "now") for row in board(as_list=True).rows]

    assert rows == [
        ("9:00", "Early, Ada"),
        ("10:30", f"{practitioner.short}, 30 m free"),
        ("10:30", "now"),
        ("11:00", "Later, Ada"),
        ("12:00", f"{practitioner.short}, 5 h free"),
    ]


def test_a_block_is_labelled_and_not_free(board, practitioner, location):
    AvailabilityException.objects.create(
        practitioner=practitioner, location=location, kind="blocked",
        date=MONDAY, starts=at("12:00").time(), ends=at("13:00").time(), reason="Lunch",
    )  # fmt: skip

    drawn = board()

    assert marks(drawn, "block") == [("--t:300;--m:60", "Lunch")]
    assert [row.time for row in board(as_list=True).rows if row.column] == ["10:30", "1:00"]


def test_leave_blocks_the_column_and_its_visits_must_move(board, book, practitioner):
    book("14:00", patient=named("Stranded"))
    book("11:00", patient=named("Safe"))
    factories.EmployeeTimeFactory(employee=practitioner.employee, period=period("13:00", "17:00"))

    drawn = board()

    assert marks(drawn, "block") == [("--t:360;--m:240", "Away")]
    assert cards(drawn)["Stranded"].word == "Move"
    assert cards(drawn)["Safe"].word == "Scheduled"
    assert numbers(drawn)["move"] == 1
    assert [row.time for row in board(as_list=True).rows if row.column] == ["10:30", "11:30"]


def test_whoever_is_away_all_day_says_so_in_the_head(board, practitioner):
    factories.EmployeeTimeFactory(employee=practitioner.employee, period=period("00:00", "23:59"))

    assert board().columns[0].line == "Away"


def test_an_expired_credential_stops_the_column_with_the_reason(board, book, practitioner):
    book("14:00", patient=named("Ritter"))
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))

    drawn = board()

    assert drawn.columns[0].line == "Not bookable"
    assert drawn.columns[0].reason == "State license expired 15 Nov."
    assert cards(drawn)["Ritter"].word == "Move"
    assert marks(drawn, "block--act") == [
        ("--t:60;--m:75", "Bookings stopped. State license expired 15 Nov.")
    ]
    assert drawn.free == 0


def test_a_rule_that_is_only_a_warning_stops_no_column(board, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))
    GateSetting.objects.create(rule=boards.CREDENTIAL_RULE, level="warn")

    assert board().columns[0].line == "MD · 8–5"


def hold(location, practitioner, by, expires):
    made = Hold.objects.create(
        location=location, held_by_id=by.id, held_by_name=by.name, expires_at=expires
    )
    Reservation.objects.create(
        hold=made,
        resource_kind="practitioner",
        resource_id=practitioner.pk,
        period=period("11:00", "11:30"),
    )


def test_time_that_somebody_else_holds_shows_the_first_name(
    board, location, practitioner, desk, manager
):
    hold(location, practitioner, manager, NOW + timedelta(seconds=60))

    first = manager.name.split(" ")[0]
    assert marks(board(actor=desk), "hold") == [("--t:240;--m:30", f"Held: {first}")]
    assert marks(board(actor=manager), "hold") == []  # one's own is the slot one is booking


def test_a_lapsed_hold_is_not_shown(board, location, practitioner, manager):
    hold(location, practitioner, manager, NOW)

    assert marks(board(), "hold") == []


def test_visits_at_another_location_take_the_time_here(
    board, book, elsewhere, practitioner, location
):
    practitioner.locations.add(elsewhere)
    both = factories.actor("Front desk", location, elsewhere)
    book("13:00", "15:00", location=elsewhere, by=both)

    drawn = board()

    assert marks(drawn, "block") == [("--t:360;--m:120", "At Elsewhere")]
    assert not cards(drawn)


def test_rooms_as_columns_show_who_is_where(board, book, location, desk):
    one = factories.RoomFactory(location=location, name="Room 1")
    two = factories.RoomFactory(location=location, name="Room 2")
    exam = factories.AppointmentTypeFactory(name="Exam", minutes=30, room_kind="exam")
    moved = book("09:00", appointment_type=exam, patient=named("Moved"))
    book("11:00", appointment_type=exam, patient=named("Given"))
    book("12:00", patient=named("Nowhere"))
    arrived = flow.arrive(appointment=moved, by=desk, at=at("09:00"))
    flow.advance(appointment=arrived, step="room", by=desk, at=at("09:05"), room=two)

    columns = {
        column.name: [card.family for card in column.cards]
        for column in board(by=boards.ROOMS).columns
    }

    assert columns == {one.name: ["Given"], two.name: ["Moved"], "No room": ["Nowhere"]}


def test_only_the_chosen_columns_are_drawn(board, practitioner, location):
    other = factories.PractitionerFactory(available=location)

    drawn = board(who=[str(other.pk)])

    assert [column.id for column in drawn.columns] == [str(other.pk)]
    assert {(each, is_on) for each, _, is_on in drawn.people} == {
        (str(practitioner.pk), False),
        (str(other.pk), True),
    }


def test_another_location_is_not_seen(board, book, elsewhere):
    book("09:00", patient=named("Ours"))

    assert cards(board(actor=factories.actor("Front desk", elsewhere))) == {}


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)], ids=["spring", "autumn"])
def test_the_day_the_clocks_change_is_drawn_by_the_wall_clock(
    board, desk, location, practitioner, follow_up, day
):
    ten = at("10:00", day)
    book_appointment(
        patient=named("Ten"), practitioner=practitioner, location=location,
        appointment_type=follow_up, start=ten, by=desk,
    )  # fmt: skip

    drawn = board(day=day, now=ten)

    assert cards(drawn)["Ten"].place == "--t:180;--m:30"
    assert drawn.now_at == 180
    assert drawn.first_minute == at("07:00", day).isoformat()


# ---- what it costs


def fill(location, people, per_person):
    """A full day in bulk: half-hour visits for everybody."""
    kind = factories.AppointmentTypeFactory(minutes=20)
    practitioners = [factories.PractitionerFactory(available=location) for _ in range(people)]
    rows = []
    for who in practitioners:
        patients = factories.PatientFactory.create_batch(per_person)
        for number, patient in enumerate(patients):
            start = at("08:00") + timedelta(minutes=20 * number)
            rows.append(
                Appointment(
                    patient=patient, practitioner=who, location=location, appointment_type=kind,
                    period=(start, start + timedelta(minutes=20)),
                )
            )  # fmt: skip
    Appointment.objects.bulk_create(rows)
    return rows


@pytest.fixture
def warm(settings, location):
    """Configuration remembered, as in a running office."""
    settings.MEMO_SECONDS = 60
    office_queries.open_day(location.pk, MONDAY)
    boards.gates.level_of(boards.CREDENTIAL_RULE)


@pytest.mark.parametrize("by", [boards.PRACTITIONERS, boards.ROOMS])
def test_a_fuller_day_costs_no_more_statements(board, location, warm, by):
    factories.RoomFactory(location=location)
    fill(location, 1, 5)
    with CaptureQueriesContext(
        connection,
    ) as few:
        board(by=by)
    fill(location, 4, 10)
    with CaptureQueriesContext(connection) as many:
        board(by=by)

    assert len(few) == len(many) <= 8


def test_six_hundred_visits_fit_in_forty_kilobytes(board, location, warm, rf, desk):
    fill(location, 20, 30)
    request = rf.get("/schedule/")
    request.actor = desk
    drawn = board()

    page = render_to_string(
        "scheduling/_grid.html", context(request, drawn, Asked(MONDAY, MONDAY), location), request
    )

    assert drawn.visits == 600
    assert len(gzip.compress(page.encode(), 6)) < 40_000
