"""A later start of the demo: the days since are played, and what users did stays."""

from datetime import timedelta

import pytest
from django.db.models import Max

from demo import seed
from demo.models import DemoPractice
from kernel import clock
from patients.models import Encounter, EncounterEvent
from scheduling.models import Appointment, Reservation
from staff.models import Credential, EmployeeTime, Practitioner
from tests.demo.conftest import HOUSE, MONDAY, ZONE, moment

pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def play(wall, day):
    seed.play_on(by=HOUSE, at=moment(wall, day))
    return moment(wall, day)


def test_a_second_start_a_minute_later_has_nothing_to_do(open_demo):
    open_demo("10:30")

    assert not seed.is_due(moment("10:31"))


def test_the_next_day_finishes_the_day_before_and_fills_the_waiting_room(open_demo):
    open_demo("10:30")

    now = play("11:00", TUESDAY)

    monday = Appointment.objects.starting_in(clock.day(MONDAY, ZONE))
    assert set(monday.values_list("status", flat=True)) <= {"fulfilled", "cancelled", "noshow"}
    assert not Encounter.objects.filter(
        left_at=None, arrived_at__lt=now - timedelta(hours=6)
    ).exists()
    today = Appointment.objects.starting_in(clock.day(TUESDAY, ZONE))
    assert 3 <= today.filter(encounter__status="arrived").count() <= 5
    assert not EncounterEvent.objects.filter(at__gt=now).exists()


def test_the_future_moves_with_the_day(open_demo):
    open_demo("10:30")

    play("09:00", WEDNESDAY)

    last = Appointment.objects.aggregate(last=Max("starts_at"))["last"]
    assert clock.today(last, ZONE) == WEDNESDAY + timedelta(days=28)
    assert DemoPractice.objects.get().through_date == WEDNESDAY + timedelta(days=28)


def test_after_a_long_pause_the_days_between_have_happened(open_demo):
    open_demo("10:30")
    later = MONDAY + timedelta(days=20)

    play("12:00", later)

    between = clock.days(MONDAY + timedelta(days=5), later - timedelta(days=1), ZONE)
    visits = Appointment.objects.starting_in(between)
    assert visits.count() > 500
    assert set(visits.values_list("status", flat=True)) == {"fulfilled", "cancelled", "noshow"}
    assert Appointment.objects.filter(encounter__status="arrived").count() >= 3


def test_each_demo_day_has_its_own_lapsed_license_and_the_last_one_was_renewed(open_demo):
    open_demo("10:30")
    lapsed = Credential.objects.get(expires_date=MONDAY)

    play("10:30", TUESDAY)

    assert Credential.objects.filter(expires_date=TUESDAY, kind="license").count() == 1
    renewed = Credential.objects.filter(employee=lapsed.employee, kind="license")
    assert renewed.filter(issued_date=MONDAY, expires_date__gt=TUESDAY).exists()


def test_each_demo_day_has_a_physician_away(open_demo):
    open_demo("10:30")
    later = MONDAY + timedelta(days=9)

    now = play("10:30", later)

    away = EmployeeTime.objects.approved().at_moment(now).values("employee")
    physician = Practitioner.objects.filter(qualification__in=["MD", "DO"], employee__in=away)
    assert physician.exists()
    hit = Appointment.objects.holding_time().filter(practitioner__in=physician)
    assert not hit.starting_in(clock.day(later, ZONE)).exists()


def test_a_visit_the_desk_canceled_stays_canceled(open_demo):
    places = open_demo("10:30")
    visit = Appointment.objects.filter(
        status="booked", location=places.lane, starts_at__gt=moment("15:00")
    ).first()
    Reservation.objects.filter(appointment=visit).update(is_live=False)
    visit.save_changes(status="cancelled", cancelled_by="patient", cancel_reason="Feels better")

    play("18:00", MONDAY)

    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert visit.encounter is None


def test_a_step_the_desk_took_is_kept_and_followed_by_the_next(open_demo):
    places = open_demo("10:30")
    visit = Appointment.objects.filter(location=places.lane, status="checked-in").first()
    before = list(visit.encounter.events.order_by("id").values_list("code", "at"))

    play("18:00", MONDAY)

    visit.refresh_from_db()
    after = list(visit.encounter.events.order_by("id").values_list("code", "at"))
    assert after[: len(before)] == before
    assert after[-1][0] == "left"
    assert [at for _, at in after] == sorted(at for _, at in after)
    assert visit.encounter.status == "finished"


def test_a_no_show_gives_its_time_back(open_demo):
    open_demo("10:30")

    play("20:00", TUESDAY)

    missed = Appointment.objects.filter(status="noshow")
    assert missed.exists()
    assert not Reservation.objects.live().filter(appointment__in=missed).exists()
    assert not missed.filter(ended_at=None).exists()
