"""A patient's way through the office: steps are added, and taken back, and the encounter always tells the sum."""

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel.models import OutboxEvent
from patients import actions
from patients.models import Encounter, EncounterEvent
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inside_an_act():
    """These functions run in the transaction of an act."""
    with transaction.atomic():
        yield


@pytest.fixture
def encounter(patient, practitioner, location, desk, monday):
    return actions.open_encounter(
        patient=patient,
        practitioner=practitioner,
        location=location,
        at=monday("09:00"),
        by=desk,
        kind="Follow-up",
    )


@pytest.fixture
def step(encounter, desk, monday):
    def take(code, clock, room=None):
        return actions.record_step(
            encounter=encounter, code=code, at=monday(clock), by=desk, room=room
        )

    return take


@pytest.fixture
def back(encounter, desk, monday):
    return lambda clock: actions.step_back(encounter=encounter, at=monday(clock), by=desk)


@pytest.fixture
def room(location):
    return RoomFactory(location=location)


def codes(encounter):
    return list(encounter.events.order_by("id").values_list("code", flat=True))


def test_who_arrives_is_in_the_office(encounter, desk, monday):
    assert encounter.status == "arrived"
    assert encounter.period == DateTimeTZRange(monday("09:00"), None)
    assert encounter.arrived_at == monday("09:00")
    event = encounter.events.get()
    assert (event.code, event.actor_id, event.actor_name) == ("arrived", desk.id, desk.name)


def test_a_visit_goes_its_way(encounter, step, room, monday):
    assert step("checked-in", "09:05").status == "arrived"
    assert step("roomed", "09:10", room).status == "triaged"
    assert step("with-practitioner", "09:20").status == "in-progress"
    assert step("ready-to-leave", "09:40").status == "in-progress"
    left = step("left", "09:45")

    assert left.status == "finished"
    assert (left.arrived_at, left.roomed_at, left.seen_at, left.ready_at, left.left_at) == (
        monday("09:00"), monday("09:10"), monday("09:20"), monday("09:40"), monday("09:45"),
    )  # fmt: skip
    assert left.period == DateTimeTZRange(monday("09:00"), monday("09:45"))
    assert left.room == room
    assert OutboxEvent.objects.get().topic == "encounter.finished"


def test_small_offices_skip_steps(step):
    assert step("with-practitioner", "09:05").roomed_at is None
    assert step("left", "09:30").status == "finished"


def test_who_goes_without_being_seen_has_left(step):
    left = step("left", "09:30")

    assert (left.status, left.seen_at) == ("finished", None)


@pytest.mark.parametrize(
    ("way", "impossible"),
    [
        ([], "arrived"),
        ([], "ready-to-leave"),
        (["checked-in"], "checked-in"),
        (["roomed"], "checked-in"),
        (["with-practitioner"], "roomed"),
        (["with-practitioner", "ready-to-leave"], "with-practitioner"),
        (["left"], "left"),
        (["left"], "roomed"),
    ],
)
def test_a_step_that_does_not_follow_is_refused(encounter, step, way, impossible):
    for code in way:
        step(code, "09:10")
    before = codes(encounter)

    with pytest.raises(actions.StepRefused, match="does not lead to"):
        step(impossible, "09:30")

    assert codes(encounter) == before


@pytest.mark.parametrize("code", ["flown", "stepped-back", ""])
def test_an_unknown_step_is_refused(step, code):
    with pytest.raises(actions.StepRefused, match="no such step"):
        step(code, "09:10")


def test_a_patient_may_be_taken_to_another_room(step, room, location, monday):
    other = RoomFactory(location=location)
    step("roomed", "09:10", room)

    moved = step("roomed", "09:20", other)

    assert (moved.room, moved.roomed_at) == (other, monday("09:10"))


def test_the_same_room_twice_is_a_mistake(step, room):
    step("roomed", "09:10", room)

    with pytest.raises(actions.StepRefused, match="in this room already"):
        step("roomed", "09:20", room)


def test_a_room_of_another_location_is_refused(encounter, step, elsewhere):
    with pytest.raises(actions.StepRefused, match="another location"):
        step("roomed", "09:10", RoomFactory(location=elsewhere))

    assert codes(encounter) == ["arrived"]


def test_no_step_is_earlier_than_the_one_before(step):
    with pytest.raises(actions.StepRefused, match="cannot be earlier than arrived"):
        step("roomed", "08:59")


def test_leaving_in_the_minute_of_arriving_keeps_a_period(step, monday):
    left = step("left", "09:00")

    assert (left.period.lower, left.period.upper) == (monday("09:00"), monday("09:00"))


def test_a_step_back_leaves_nothing_of_the_step(encounter, step, back, room):
    step("roomed", "09:10", room)
    step("with-practitioner", "09:20")

    assert back("09:21").status == "triaged"
    waiting = back("09:22")

    assert (waiting.status, waiting.room, waiting.roomed_at, waiting.seen_at) == (
        "arrived",
        None,
        None,
        None,
    )
    assert codes(encounter) == [
        "arrived",
        "roomed",
        "with-practitioner",
        "stepped-back",
        "stepped-back",
    ]


def test_after_a_step_back_the_visit_goes_on(step, back, room, monday):
    step("roomed", "09:10", room)
    back("09:11")

    again = step("roomed", "09:15", room)

    assert (again.status, again.roomed_at) == ("triaged", monday("09:15"))


def test_who_comes_back_has_not_left(step, back):
    step("left", "09:30")

    here = back("09:31")

    assert (here.status, here.left_at, here.period.upper) == ("arrived", None, None)
    assert list(OutboxEvent.objects.order_by("id").values_list("topic", flat=True)) == [
        "encounter.finished",
        "encounter.reopened",
    ]


def test_taking_back_the_arrival_cancels_the_encounter(back, monday):
    cancelled = back("09:02")

    assert (cancelled.status, cancelled.arrived_at) == ("cancelled", None)
    assert cancelled.period == DateTimeTZRange(monday("09:00"), monday("09:02"))


def test_a_cancelled_encounter_takes_no_step(step, back):
    back("09:02")

    with pytest.raises(actions.StepRefused, match="canceled"):
        step("roomed", "09:10")
    with pytest.raises(actions.StepRefused, match="canceled"):
        back("09:10")


def test_a_clerk_with_an_old_screen_works_on_what_is_true(encounter, step, desk, monday):
    on_an_old_screen = Encounter.objects.get(pk=encounter.pk)
    step("left", "09:30")

    with pytest.raises(actions.StepRefused, match="Left does not lead to"):
        actions.record_step(encounter=on_an_old_screen, code="roomed", at=monday("09:40"), by=desk)


def test_each_step_raises_the_version(encounter, step):
    assert step("roomed", "09:05").version == encounter.version + 1


def test_steps_are_never_changed(encounter):
    with pytest.raises(Exception, match="encounter_events_only_grow|Cannot update"):
        EncounterEvent.objects.update(note="it was different")


def test_the_database_refuses_a_finished_encounter_without_an_end(encounter):
    with pytest.raises(IntegrityError, match="encounter_left_when_finished"):
        Encounter.objects.update(status="finished")


def test_the_database_refuses_an_unknown_status(encounter):
    with pytest.raises(IntegrityError, match="encounter_status_known"):
        Encounter.objects.update(status="flown")


def test_the_database_refuses_an_unknown_step(encounter):
    with pytest.raises(IntegrityError, match="encounter_event_code_known"):
        EncounterEvent.objects.create(encounter=encounter, code="flown", at=encounter.arrived_at)
