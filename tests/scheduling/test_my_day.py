"""My day: whose patients, who is next, and one click each way."""

import pytest
import time_machine
from django.urls import reverse
from guardian.shortcuts import assign_perm

from office.roles import Role
from scheduling.actions.flow import advance, arrive
from scheduling.queries.my_day import my_day, practitioner_of
from tests import factories
from tests.clock import at


@pytest.fixture
def physician(practitioner, location):
    user = factories.UserFactory(role=Role.PHYSICIAN, at=[location])
    practitioner.employee.user = user
    practitioner.employee.save()
    return user


@pytest.fixture
def look(physician, practitioner, location):
    actor = factories.actor_of(physician)
    return lambda clock: my_day(actor, practitioner, location, at(clock))


def test_the_clinician_of_an_account_is_its_employees(physician, practitioner, desk):
    assert practitioner_of(factories.actor_of(physician)) == practitioner
    assert practitioner_of(desk) is None


def test_who_is_with_the_clinician_is_on_top_then_the_roomed_then_the_waiting(
    look, book, desk, location
):
    room = factories.RoomFactory(location=location, name="Room 3")
    coming, waiting, roomed, inside = (book(each) for each in ("11:00", "10:30", "10:00", "09:30"))
    assert look("09:00").next.row.id == inside.pk
    for visit in (waiting, roomed, inside):
        arrive(appointment=visit, by=desk, at=at("09:20"))
    advance(appointment=roomed, step="room", by=desk, at=at("09:25"), room=room)
    advance(appointment=inside, step="see", by=desk, at=at("09:30"))

    day = look("09:35")

    assert (day.next.title, day.next.row.id) == ("With you now", inside.pk)
    assert day.next.row.step.to == "ready"
    advance(appointment=inside, step="ready", by=desk, at=at("09:50"))
    day = look("09:51")
    assert (day.next.title, day.next.row.id) == ("Next, ready for you", roomed.pk)
    assert (day.next.word, day.next.row.step.to) == ("Room 3", "see")
    advance(appointment=roomed, step="see", by=desk, at=at("09:55"))
    advance(appointment=roomed, step="ready", by=desk, at=at("10:10"))
    assert look("10:11").next.title == "Next, still waiting"
    assert (look("10:11").seen_count, look("10:11").here_count, look("10:11").coming_count) == (
        2,
        1,
        1,
    )
    assert coming.pk in [row.id for row in look("10:11").rows]


def test_who_is_seen_stands_last_and_apart(look, book, desk, on_the_phone):
    first, second, third = (book(each) for each in ("09:00", "10:00", "11:00"))
    arrive(appointment=first, by=desk, at=at("08:55"))
    for step, clock in (("see", "09:00"), ("ready", "09:10")):
        advance(appointment=first, step=step, by=desk, at=at(clock))

    day = look("09:11")

    assert day.next.row.id == second.pk
    assert [[row.id for row in rows] for rows in (day.rows, day.finished)] == [
        [third.pk],
        [first.pk],
    ]
    page = on_the_phone.get("/my-day/").text
    assert (
        page.index(f"visit-{third.pk}")
        < page.index("mine-finished")
        < page.index(f"visit-{first.pk}")
    )


def test_others_patients_are_not_on_my_day(look, book, location):
    other = factories.PractitionerFactory(available=location)
    book("09:00", practitioner=other)

    assert look("08:00").next is None
    assert look("08:00").rows == ()


def test_open_time_is_my_own(look, book):
    book("09:00", "16:30")

    assert [(gap.time, gap.minutes) for gap in look("08:50").gaps] == [("4:30", 30)]


def test_visits_at_another_site_are_not_overlooked(
    physician, practitioner, location, book, elsewhere
):
    assign_perm("office.work_at", physician, elsewhere)
    desk = factories.actor(Role.FRONT_DESK, elsewhere)
    book("14:00", location=elsewhere, by=desk)

    day = my_day(factories.actor_of(physician), practitioner, location, at("08:00"))

    assert day.elsewhere == ((elsewhere.pk, "Elsewhere", 1),)


def test_a_longer_day_costs_no_more_questions(look, book, django_assert_max_num_queries):
    for start in ("09:00", "10:00", "11:00"):
        book(start)
    with django_assert_max_num_queries(9):
        look("08:00")


@pytest.fixture
def on_the_phone(signed_in, physician):
    with time_machine.travel(at("09:10"), tick=False):
        yield signed_in(physician)


def test_the_page_of_a_physician_begins_here(on_the_phone, book):
    visit = book("09:30")

    assert on_the_phone.get("/").headers["Location"] == "/my-day/"
    page = on_the_phone.get("/my-day/").content.decode()
    assert f"{visit.patient.family_name}, {visit.patient.given_name}" in page


def test_one_click_goes_in_to_the_patient_and_answers_with_my_day(on_the_phone, book, desk):
    visit = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))

    answer = on_the_phone.post(
        reverse("scheduling:step", args=[visit.pk, "see"]),
        headers={"HX-Request": "true", "HX-Target": "my-day"},
    )

    page = answer.content.decode()
    assert "With you now" in page
    assert f"{visit.patient.family_name} is with" in page


def test_others_read_why_there_is_nothing(signed_in, location):
    page = signed_in(Role.FRONT_DESK, location).get("/my-day/")

    assert page.status_code == 200
    assert "My day belongs to clinicians" in page.content.decode()


def test_hr_has_no_business_here(signed_in, location):
    assert signed_in(Role.HR, location).get("/my-day/").status_code == 403
