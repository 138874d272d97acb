"""What stops a booking: a lapsed license, leave, having left. Both rules together ask the database once."""

from datetime import date

import pytest
import time_machine

from kernel import gates
from office.roles import Role
from tests import factories
from tests.clock import MONDAY, at, period


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(at("08:00"), tick=False):
        yield


@pytest.fixture
def look(location, patient):
    """What the staff room's rules say to a visit on the Monday."""

    def ask(practitioner, span=None):
        verdicts = gates.look(
            "appointment.book",
            practitioner=practitioner,
            location=location,
            patient=patient,
            appointment_type=None,
            period=span or period("10:00", "10:30"),
        )
        return {each.rule: each for each in verdicts if each.rule.startswith("staff.")}

    return ask


def sentences(found):
    return [each.finding.sentence for each in found.values()]


def test_nobody_is_stopped_without_a_cause(look, whitfield, license_of):
    license_of(whitfield, "2027-11-15")

    assert look(whitfield) == {}


def test_a_lapsed_license_blocks_and_says_since_when(look, whitfield, license_of):
    license_of(whitfield, "2026-11-15")

    verdict = look(whitfield)["staff.credential_expired"]
    assert verdict.blocks
    assert verdict.finding.sentence == "Dr Whitfield's license expired on 15 Nov."
    assert verdict.finding.facts == (("License", "no longer holds from Sun 15 Nov"),)


def test_the_day_of_expiry_itself_no_longer_holds(look, whitfield, license_of):
    license_of(whitfield, "2026-11-16")

    assert "staff.credential_expired" in look(whitfield)


def test_the_last_day_before_it_still_holds(look, whitfield, license_of):
    license_of(whitfield, "2026-11-17")

    assert look(whitfield) == {}


def test_a_visit_after_a_future_expiry_is_stopped_too(look, whitfield, license_of):
    license_of(whitfield, "2026-12-01")

    found = look(whitfield, period("10:00", "10:30", day=date(2026, 12, 2)))
    assert sentences(found) == ["Dr Whitfield's license expires on 1 Dec."]


def test_the_day_is_the_one_on_the_wall_of_the_location(look, whitfield, license_of, location):
    """11 pm in New York is the next day in UTC, but not there."""
    license_of(whitfield, "2026-11-17")

    assert look(whitfield, period("22:30", "23:00")) == {}


@pytest.mark.parametrize(
    "more", [{"is_required": False}, {"voided_at": at("08:00"), "void_reason": "Wrong person"}]
)
def test_only_required_and_unvoided_credentials_count(look, whitfield, license_of, more):
    license_of(whitfield, "2026-11-15", **more)

    assert look(whitfield) == {}


def test_one_that_never_expires_stops_nobody(look, whitfield, license_of):
    license_of(whitfield, None)

    assert look(whitfield) == {}


def test_a_license_entered_anew_covers_the_lapsed_one(look, whitfield, license_of):
    license_of(whitfield, "2026-11-15")
    license_of(whitfield, "2028-11-15", issued_date=date(2026, 11, 15))

    assert look(whitfield) == {}


def test_the_license_of_another_state_does_not_cover_it(look, whitfield, license_of):
    license_of(whitfield, "2026-11-15")
    license_of(whitfield, "2028-11-15", state="NJ")

    assert "staff.credential_expired" in look(whitfield)


def test_another_credential_is_named(look, whitfield, license_of):
    license_of(whitfield, "2026-11-15", kind="dea", state="")

    assert sentences(look(whitfield)) == ["Dr Whitfield's DEA registration expired on 15 Nov."]


def test_approved_leave_blocks_without_telling_why(look, whitfield, days):
    factories.EmployeeTimeFactory(
        employee=whitfield.employee, period=days(16, 18), leave_type="sick"
    )

    verdict = look(whitfield)["staff.practitioner_away"]
    assert verdict.blocks
    assert verdict.finding.sentence == "Dr Whitfield is away: Mon 16 Nov – Wed 18 Nov."
    assert "ick" not in str(verdict.finding)


@pytest.mark.parametrize("status", ["requested", "cancelled"])
def test_leave_that_is_not_approved_stops_nobody(look, whitfield, days, status):
    factories.EmployeeTimeFactory(employee=whitfield.employee, period=days(16), status=status)

    assert look(whitfield) == {}


def test_who_is_back_by_then_can_be_booked(look, whitfield):
    factories.EmployeeTimeFactory(employee=whitfield.employee, period=period("08:00", "10:00"))

    assert look(whitfield) == {}
    assert look(whitfield, period("09:45", "10:15")) != {}


def test_who_has_left_cannot_be_booked_after_the_last_day(look, whitfield):
    whitfield.employee.save_changes(parted_date=MONDAY)

    assert look(whitfield) == {}
    found = look(whitfield, period("10:00", "10:30", day=date(2026, 11, 17)))
    assert sentences(found) == ["Dr Whitfield has left by then: the last day is Mon 16 Nov."]


def test_a_visit_without_a_practitioner_asks_nothing(look, django_assert_num_queries):
    assert look(None) == {}


def test_both_rules_cost_one_statement(
    whitfield, license_of, days, location, django_assert_num_queries
):
    license_of(whitfield, "2026-11-15")
    factories.EmployeeTimeFactory(employee=whitfield.employee, period=days(16, 18))
    asked = [{"practitioner": whitfield, "location": location, "period": period("10:00", "10:30")}]
    rules = [each.function for each in gates.all_rules() if each.name.startswith("staff.")]

    with django_assert_num_queries(1):
        found = [rule(asked) for rule in rules]

    assert len(rules) == 2
    assert all(findings[0] for findings in found)


def test_many_visits_cost_no_more_than_one(location, license_of, django_assert_num_queries):
    people = factories.PractitionerFactory.create_batch(3, available=location)
    license_of(people[1], "2026-11-15")
    asked = [
        {"practitioner": each, "location": location, "period": period("10:00", "10:30")}
        for each in [None, *people]
    ]
    rules = {each.name: each.function for each in gates.all_rules()}

    with django_assert_num_queries(1):
        lapsed = rules["staff.credential_expired"](asked)
        away = rules["staff.practitioner_away"](asked)

    assert [bool(each) for each in lapsed] == [False, False, True, False]
    assert away == [None] * 4


def test_the_same_questions_asked_again_are_answered_anew(whitfield, license_of, location):
    """The shared answer lives for one ask only, also when the other rule is switched off."""
    asked = [{"practitioner": whitfield, "location": location, "period": period("10:00", "10:30")}]
    rule = {each.name: each.function for each in gates.all_rules()}["staff.credential_expired"]

    assert rule(asked) == [None]
    license_of(whitfield, "2026-11-15")
    assert rule(asked) != [None]


def test_the_manager_may_go_on_and_the_desk_may_not(look, whitfield, license_of, manager, desk):
    license_of(whitfield, "2026-11-15")

    verdict = look(whitfield)["staff.credential_expired"]
    assert verdict.may_override(manager)
    assert not verdict.may_override(desk)
    assert not verdict.may_override(factories.actor(Role.PHYSICIAN))
