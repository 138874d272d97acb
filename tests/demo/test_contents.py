"""What stands in the demo practice on its first day."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, F, Max, Min, Q

from access.models import LocationGrant, User
from demo.people import ACCOUNT_ROLES
from kernel import clock
from office import queries
from office.models import Closure, OpeningHours, Room
from patients.models import ContactPoint, Encounter, EncounterEvent, Patient, RelatedPerson
from scheduling.models import Appointment, Availability, Reservation
from scheduling.querysets import HOLDING
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from staff.npi import has_check_digit
from tests.demo.conftest import MONDAY, ZONE, moment

NOW = moment("10:30")
pytestmark = [pytest.mark.usefixtures("whole_demo"), pytest.mark.django_db]


def test_three_sites_stand_in_two_zones(whole_demo):
    lane, hill, west = whole_demo.all

    assert lane.zone == hill.zone == ZONE
    assert NOW.astimezone(clock.zone(west.zone)).hour == 9
    assert set(Room.objects.values_list("kind", flat=True)) >= {
        "exam",
        "procedure",
        "lab",
        "imaging",
    }
    hours = OpeningHours.objects.filter(location=lane)
    assert {(row.weekday, row.opens.hour, row.closes.hour) for row in hours} == {
        (day, 7, 21) for day in range(7)
    }


def test_the_first_site_is_open_on_every_holiday_and_the_others_are_not(whole_demo):
    thanksgiving = date(2026, 11, 26)

    assert queries.open_day(whole_demo.lane.pk, thanksgiving).is_open
    assert queries.open_day(whole_demo.hill.pk, thanksgiving).closed_because == "Thanksgiving Day"
    years = {each.first_date.year for each in Closure.objects.filter(is_holiday=True)}
    assert years == {2025, 2026, 2027}


def test_forty_people_work_here_and_twelve_of_them_see_patients(whole_demo):
    practitioners = Practitioner.objects.bookable()

    assert Employee.objects.count() == 40
    assert practitioners.count() == 12
    assert all(has_check_digit(each.npi) for each in practitioners)
    assert set(practitioners.values_list("qualification", flat=True)) == {
        "MD",
        "DO",
        "NP",
        "PA",
        "RN",
    }
    assert Employee.objects.filter(supervisor=None).count() == 1
    assert not practitioners.filter(availabilities=None).exists()


def test_each_role_has_an_account_nobody_can_sign_in_to_with_a_password(whole_demo):
    for account, role in ACCOUNT_ROLES.items():
        user = User.objects.get(email=f"{account}@demo.office")
        assert user.is_demo
        assert not user.has_usable_password()
        assert list(user.groups.values_list("name", flat=True)) == [role]
        sites = 2 if account in {"frontdesk", "nurse", "physician"} else 3
        assert LocationGrant.objects.filter(user=user).count() == sites
        assert user.employee


def test_one_license_expires_today_and_its_holder_has_visits_today_and_later(whole_demo):
    lapsing = Credential.objects.get(expires_date=MONDAY)

    assert lapsing.kind == "license"
    assert lapsing.is_required
    visits = Appointment.objects.holding_time().filter(
        practitioner__employee=lapsing.employee, practitioner__is_bookable=True
    )
    assert visits.starting_in(clock.day(MONDAY, ZONE)).exists()
    assert visits.filter(starts_at__gt=NOW + timedelta(days=1)).exists()
    soon = Credential.objects.expiring_between(MONDAY, MONDAY + timedelta(days=30))
    assert {(row.expires_date - MONDAY).days for row in soon} >= {12, 24, 29}


def test_one_physician_is_away_today_and_sees_nobody(whole_demo):
    away = EmployeeTime.objects.approved().at_moment(NOW)
    physician = Practitioner.objects.get(
        qualification__in=["MD", "DO"], employee__in=away.values("employee")
    )

    visits = Appointment.objects.holding_time().filter(practitioner=physician)
    assert not visits.starting_in(clock.days(MONDAY, MONDAY + timedelta(days=4), ZONE)).exists()
    positions = set(away.values_list("employee__position", flat=True))
    assert {"Medical assistant", "Laboratory technician"} <= positions
    noon = away.get(employee__position="Laboratory technician").period.upper
    assert noon == moment("12:00")
    assert EmployeeTime.objects.awaiting_decision().count() >= 4
    assert EmployeeTime.objects.approved().filter(period__startswith__gt=NOW).exists()


def test_two_thousand_patients_of_every_age_live_in_families(whole_demo):
    born = Patient.objects.aggregate(first=Min("birth_date"), last=Max("birth_date"))

    assert Patient.objects.count() == 2000
    assert MONDAY.year - born["first"].year == 97
    assert (MONDAY - born["last"]).days <= 7
    assert not Patient.objects.filter(contact_points=None).exists()
    assert not Patient.objects.filter(addresses=None).exists()
    related = RelatedPerson.objects.filter(other_patient__family_key=F("patient__family_key"))
    assert related.count() > 1500
    assert Patient.objects.filter(family_name="الحداد").exists()
    assert Patient.objects.filter(family_name="王").exists()
    assert Patient.objects.filter(family_name__contains="-").exists()
    assert Patient.objects.values("language").distinct().count() >= 8
    assert Patient.objects.filter(needs_interpreter=True).count() > 50


def test_every_number_is_one_kept_for_fiction(whole_demo):
    phones = ContactPoint.objects.filter(system="phone")
    mail = ContactPoint.objects.filter(system="email")

    assert not phones.exclude(value__regex=r"^\(\d{3}\) 555-01\d\d$").exists()
    assert not mail.exclude(value__regex=r"@example\.(com|org|net)$").exists()


def test_visits_reach_from_six_weeks_ago_to_four_weeks_ahead(whole_demo):
    days = Appointment.objects.aggregate(first=Min("starts_at"), last=Max("starts_at"))

    assert clock.today(days["first"], ZONE) == MONDAY - timedelta(days=42)
    assert clock.today(days["last"], ZONE) == MONDAY + timedelta(days=28)


def test_the_day_before_is_over_and_the_day_after_has_not_begun(whole_demo):
    today = clock.day(MONDAY, ZONE)
    over = Appointment.objects.filter(starts_at__lt=today.lower - timedelta(hours=2))
    to_come = Appointment.objects.filter(starts_at__gt=today.upper + timedelta(hours=2))

    assert set(over.values_list("status", flat=True)) == {"fulfilled", "cancelled", "noshow"}
    assert set(to_come.values_list("status", flat=True)) == {"booked", "cancelled", "proposed"}
    assert not over.filter(status="fulfilled").exclude(encounter__status="finished").exists()
    missed = over.filter(status="noshow").count() / over.count()
    assert 0.04 < missed < 0.08


def test_whoever_holds_time_has_it_reserved_and_nobody_else(whole_demo):
    visits = Appointment.objects.annotate(
        live=Count("reservations", filter=Q(reservations__is_live=True))
    )

    assert not visits.filter(status__in=HOLDING, live__lt=2).exists()
    assert not visits.exclude(status__in=HOLDING).filter(live__gt=0).exists()
    roomed = Appointment.objects.filter(appointment_type__name="Ultrasound", status__in=HOLDING)
    devices = Reservation.objects.filter(resource_kind="device", is_live=True)
    assert devices.count() == roomed.count() > 10
    overbooked = Appointment.objects.filter(lane=1)
    assert overbooked.exists()
    assert not overbooked.filter(overbook_reason="").exists()


def test_the_book_is_well_filled(whole_demo):
    taken = {"booked": 0.0, "open": 0.0}
    for row in Availability.objects.exclude(practitioner__specialty="Nurse room"):
        if row.weekday < 5:
            hours = row.ends.hour - row.starts.hour + (row.ends.minute - row.starts.minute) / 60
            taken["open"] += hours
    week = clock.days(MONDAY - timedelta(days=14), MONDAY - timedelta(days=10), ZONE)
    visits = Appointment.objects.holding_time().starting_in(week).filter(lane=0)
    for visit in visits.exclude(practitioner__specialty="Nurse room"):
        taken["booked"] += clock.minutes_of(visit.period) / 60

    assert 0.65 < taken["booked"] / taken["open"] < 0.9, taken


def test_every_encounter_went_in_order(whole_demo):
    late = Encounter.objects.filter(
        Q(roomed_at__lt=F("arrived_at"))
        | Q(seen_at__lt=F("roomed_at"))
        | Q(left_at__lt=F("ready_at"))
    )

    assert not late.exists()
    assert not Encounter.objects.filter(arrived_at__gt=NOW).exists()
    assert not EncounterEvent.objects.filter(at__gt=NOW).exists()
    assert not Encounter.objects.filter(events=None).exists()


def test_nobody_has_two_visits_on_one_day(whole_demo):
    day = clock.day(MONDAY, ZONE)
    twice = (
        Appointment.objects.holding_time()
        .starting_in(day)
        .values("patient")
        .annotate(visits=Count("id"))
        .filter(visits__gt=1)
    )

    assert not twice.exists()


def test_the_demo_physician_has_a_full_day(whole_demo):
    physician = User.objects.get(email="physician@demo.office").employee.practitioner

    today = Appointment.objects.holding_time().filter(practitioner=physician)
    assert today.starting_in(clock.day(MONDAY, ZONE)).count() >= 10
