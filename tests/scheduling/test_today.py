"""The Today board: who stands where, who is late, what is open, and one click per step."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from kernel.models import AuditEvent
from office.roles import Role
from scheduling.actions.cancelling import cancel_appointment, mark_no_show
from scheduling.actions.details import confirm_appointment
from scheduling.actions.flow import EveryRoomTaken, advance, arrive, take_to_a_room
from scheduling.models import Appointment
from scheduling.queries.today import open_time, today_board
from tests import factories
from tests.clock import MONDAY, at

HTMX = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def board(desk, location):
    """`board("10:52")` on the tests' Monday."""

    def look(clock, **asked):
        return today_board(asked.pop("by", desk), location, MONDAY, at(clock), **asked)

    return look


@pytest.fixture
def walk(desk, book):
    """`walk("09:00", arrive="08:55", room="09:05")`: a visit that has come as far as that."""

    def do(start, **steps):
        visit = book(start)
        for step, clock in steps.items():
            if step == "arrive":
                visit = arrive(appointment=visit, by=desk, at=at(clock))
            else:
                visit = advance(appointment=visit, step=step, by=desk, at=at(clock))
        return visit

    return do


def names(rows):
    return [row.id for row in rows]


def test_everybody_stands_in_the_pane_they_have_come_to(board, book, walk, desk, location):
    room = factories.RoomFactory(location=location, name="Room 4")
    gone = walk("08:00", arrive="07:58", see="08:05", leave="08:20")
    in_room = book("09:00")
    arrive(appointment=in_room, by=desk, at=at("08:55"))
    advance(appointment=in_room, step="room", by=desk, at=at("09:05"), room=room)
    waiting = walk("09:30", arrive="09:20")
    expected = book("10:00")
    missed = mark_no_show(appointment=book("08:30"), by=desk, at=at("08:50"))
    canceled = book("11:00")
    cancel_appointment(
        appointment=canceled, cancelled_by="patient", reason="Sick", by=desk, at=at("08:00")
    )

    seen = board("09:35")

    assert names(seen.expected) == [expected.pk]
    bands = {band.state: names(band.rows) for band in seen.bands}
    assert bands == {"arrived": [waiting.pk], "inroom": [in_room.pk], "checkout": []}
    assert names(seen.finished) == [missed.pk, gone.pk]
    assert (seen.expected_count, seen.in_office_count, seen.finished_count) == (1, 2, 2)
    row = next(band.rows[0] for band in seen.bands if band.state == "inroom")
    assert row.word == "Room 4"
    assert datetime.fromisoformat(row.line_since) == at("09:05")


def test_who_waits_longest_stands_first_and_has_the_one_filled_button(board, walk):
    short = walk("09:30", arrive="09:28")
    long = walk("09:00", arrive="09:05")

    waiting = board("09:40").bands[0].rows

    assert names(waiting) == [long.pk, short.pk]
    assert [row.primary for row in waiting] == [True, False]
    assert [row.tone for row in waiting] == ["act", ""]


def test_the_late_the_unconfirmed_and_those_over_the_limit_are_counted_and_filtered(
    board, book, walk, desk
):
    late, sure = book("09:00"), book("10:00")
    confirm_appointment(appointment=sure, confirmation="confirmed", by=desk)
    over = walk("09:30", arrive="09:15")

    seen = board("09:45")

    assert (seen.late_count, seen.unconfirmed_count, seen.over_count) == (1, 1, 1)
    assert names(board("09:45", show="late").expected) == [late.pk]
    assert names(board("09:45", show="unconfirmed").expected) == [late.pk]
    assert names(board("09:45", show="over").bands[0].rows) == [over.pk]
    assert board("09:45", show="late").expected_count == 2


def test_the_median_wait_is_from_the_door_to_the_room(board, walk):
    walk("08:00", arrive="07:59")
    assert board("08:10").median_wait is None  # nobody's wait is over yet

    for start, came, called in [("09:00", "08:56", "09:00"), ("09:30", "09:33", "09:45")]:
        walk(start, arrive=came, see=called)

    assert board("10:00").median_wait == 8  # 4 and 12 minutes


def test_open_time_is_what_the_shortest_visit_fits_into(board, book, practitioner):
    book("09:00", "16:50")

    gaps = board("08:30").gaps

    assert [(gap.time, gap.who) for gap in gaps] == [("8:30", f"{practitioner.family_name}, 30 m")]


def test_a_clinician_on_leave_has_no_open_time(board, practitioner, book):
    factories.EmployeeTimeFactory(
        employee=practitioner.employee, period=(at("00:00"), at("00:00") + timedelta(days=1))
    )

    assert board("08:30").gaps == ()


def test_the_board_can_be_narrowed_to_one_clinician(board, book, location):
    other = factories.PractitionerFactory(available=location)
    mine, theirs = book("09:00"), book("09:00", practitioner=other)

    assert names(board("08:00", practitioner_id=other.pk).expected) == [theirs.pk]
    assert len(board("08:00").practitioners) == 2
    assert mine.pk in names(board("08:00").expected)


def test_other_locations_and_other_days_are_not_on_the_board(board, book, elsewhere, desk):
    book("09:00")

    assert today_board(desk, elsewhere, MONDAY, at("08:00")).visit_count == 0
    assert board("08:00", by=factories.actor(Role.FRONT_DESK, elsewhere)).visit_count == 0


def test_a_longer_day_costs_no_more_questions(board, book, django_assert_max_num_queries, location):
    book("09:00")
    with django_assert_max_num_queries(8):
        board("08:00")
    for _ in range(3):
        other = factories.PractitionerFactory(available=location)
        for start in ("08:00", "09:00", "10:00"):
            book(start, practitioner=other)
    with django_assert_max_num_queries(8):
        board("08:00")


def test_one_click_rooms_the_patient_in_the_reserved_room_else_the_first_free_one(
    walk, desk, location
):
    first, second = (factories.RoomFactory(location=location, name=f"Room {n}") for n in (10, 2))
    one = take_to_a_room(appointment=walk("09:00", arrive="09:00"), by=desk, at=at("09:05"))
    two = take_to_a_room(appointment=walk("09:30", arrive="09:30"), by=desk, at=at("09:35"))

    for visit in (one, two):
        visit.encounter.refresh_from_db()
    assert (one.encounter.room, two.encounter.room) == (second, first)  # by number, not by letter


def test_with_every_room_taken_somebody_has_to_choose(walk, desk, location):
    factories.RoomFactory(location=location)
    take_to_a_room(appointment=walk("09:00", arrive="09:00"), by=desk, at=at("09:05"))
    last = walk("09:30", arrive="09:30")

    with pytest.raises(EveryRoomTaken):
        take_to_a_room(appointment=last, by=desk, at=at("09:35"))
    last.refresh_from_db()
    assert last.status == "arrived"


def test_an_office_without_rooms_goes_on_without_one(walk, desk):
    visit = take_to_a_room(appointment=walk("09:00", arrive="09:00"), by=desk, at=at("09:05"))

    visit.encounter.refresh_from_db()
    assert (visit.encounter.status, visit.encounter.room) == ("triaged", None)


# ---- the page ----


@pytest.fixture
def at_the_desk(signed_in, location):
    with time_machine.travel(at("09:10"), tick=False):
        yield signed_in(Role.FRONT_DESK, location)


def test_one_click_marks_the_patient_arrived_and_the_toast_takes_it_back(at_the_desk, book):
    visit = book("09:30")
    url = reverse("scheduling:step", args=[visit.pk, "arrive"])

    answer = at_the_desk.post(url, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"{visit.patient.given_name} {visit.patient.family_name} arrived 9:10." in page
    visit.refresh_from_db()
    assert visit.status == "arrived"
    undo = re.search(r'hx-post="(/undo/[^"]+)"', page)[1]
    assert at_the_desk.post(undo, headers={"HX-Request": "true"}).status_code == 204
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_without_scripts_the_click_answers_with_the_page_and_no_name_in_the_message(
    at_the_desk, book
):
    visit = book("09:30")

    answer = at_the_desk.post(reverse("scheduling:step", args=[visit.pk, "arrive"]), follow=True)

    assert answer.redirect_chain == [("/today/", 302)]
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["Marked arrived."]


def test_the_board_shows_names_births_and_the_next_step(at_the_desk, book):
    visit = book("09:30")

    page = at_the_desk.get("/today/").content.decode()

    assert f"{visit.patient.family_name}, {visit.patient.given_name}" in page
    assert "b. 14 Jul 1962" in page
    assert f"/schedule/visits/{visit.pk}/to/arrive/" in page


def test_looking_at_the_board_is_recorded_once_per_view(at_the_desk, book):
    visit = book("09:30")
    for _ in range(2):
        at_the_desk.get("/today/")

    looked = AuditEvent.objects.filter(action="scheduling:today")
    assert [row.subject_ids for row in looked] == [[visit.patient_id]]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.BILLER, 200), (Role.HR, 403), (Role.PHYSICIAN, 200)]
)
def test_who_may_look_at_the_board(signed_in, location, role, status):
    assert signed_in(role, location).get("/today/").status_code == status


def test_who_only_looks_has_no_buttons_and_no_way_around_them(signed_in, location, book):
    visit = book("09:30")
    biller = signed_in(Role.BILLER, location)
    with time_machine.travel(at("09:10"), tick=False):
        assert "to/arrive/" not in biller.get("/today/").content.decode()
        answer = biller.post(reverse("scheduling:step", args=[visit.pk, "arrive"]), headers=HTMX)

    assert answer.status_code == 403
    assert Appointment.objects.get().status == "booked"


def test_a_visit_elsewhere_does_not_exist(signed_in, elsewhere, book):
    visit = book("09:30")
    client = signed_in(Role.FRONT_DESK, elsewhere)

    assert client.post(reverse("scheduling:step", args=[visit.pk, "arrive"])).status_code == 404
    assert client.get(reverse("scheduling:appointment", args=[visit.pk])).status_code == 404


def test_a_stranger_is_sent_to_the_door(client):
    assert client.get("/today/").status_code == 302


def test_a_step_that_does_not_exist_is_named(at_the_desk, book):
    answer = at_the_desk.post(
        reverse("scheduling:step", args=[book("09:30").pk, "dance"]), headers=HTMX
    )

    assert answer.status_code in {409, 422}
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("room", ["x", "01930000-0000-7000-8000-000000000000"])
def test_a_room_that_is_none_is_refused(at_the_desk, walk, room):
    visit = walk("09:00", arrive="09:00")
    url = reverse("scheduling:step", args=[visit.pk, "room"])

    assert at_the_desk.post(url, {"room": room}, headers=HTMX).status_code == 422
    visit.refresh_from_db()
    assert visit.status == "arrived"


def test_the_menu_of_a_row_offers_free_rooms_and_the_other_steps(at_the_desk, walk, location):
    factories.RoomFactory(location=location, name="Lab")
    visit = walk("09:00", arrive="09:00")

    page = at_the_desk.get(reverse("scheduling:steps", args=[visit.pk]), headers=HTMX)

    assert "Lab" in page.content.decode()
    assert "Left without being seen" in page.content.decode()
    assert "Take the last step back" in page.content.decode()


def test_time_of_somebody_who_may_not_see_patients_is_not_open(location, practitioner, follow_up):
    before = open_time(location, MONDAY, at("09:00"))
    factories.CredentialFactory(employee=practitioner.employee, expires_date=MONDAY)

    assert before
    assert open_time(location, MONDAY, at("09:00")) == []
    assert open_time(location, MONDAY, at("09:00", MONDAY + timedelta(days=1))) == []
