"""Who is out, who leaves the directory, whose papers lapse; and that no list costs more for being longer."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from office.roles import Role
from staff import actions, words
from staff.queries import away, credentials, people
from staff.queries import leave as leaves
from tests import factories
from tests.clock import MONDAY, ZONE, at, period


@pytest.fixture
def leave(days):
    def approved(employee, first, last=None, **more):
        return factories.EmployeeTimeFactory(
            employee=employee, period=days(first, last), **{"leave_type": "sick"} | more
        )

    return approved


# Words


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (period("13:00", "17:00"), "Mon 16 Nov, 1:00–5:00"),
        (DateTimeTZRange(at("13:00"), at("12:00", date(2026, 11, 18))),
         "Mon 16 Nov 1:00 – Wed 18 Nov 12:00"),
    ],
)  # fmt: skip
def test_a_span_is_said_as_at_the_desk(span, said, days):
    assert words.span(span, ZONE) == said
    assert words.span(days(16), ZONE) == "Mon 16 Nov"
    assert words.span(days(16, 18), ZONE) == "Mon 16 Nov – Wed 18 Nov"


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (at("00:00", date(2026, 11, 17)), ""),
        (at("12:00"), "12:00"),
        (at("00:00", date(2026, 11, 19)), "Wed 18 Nov"),
        (at("12:00", date(2026, 11, 18)), "Wed 18 Nov 12:00"),
    ],
)
def test_until_when_somebody_is_out(ends, said):
    assert words.until(ends, ZONE, at("09:00")) == said


# Who is out


def test_the_desk_reads_who_is_out_but_not_why(leave, dana, desk, now):
    leave(dana, 16, 18)

    (out,) = away.who_is_out(desk, now)
    assert (out.name, out.why, out.until) == ("Dana Kim", "Out", "Wed 18 Nov")


@pytest.mark.parametrize("who", ["hr", "as_dana", "boss"])
def test_who_may_open_the_file_reads_why(leave, dana, now, who, request, location):
    user = factories.UserFactory(role=Role.NURSE, at=[location])
    dana.save_changes(supervisor=factories.EmployeeFactory(user=user))
    leave(dana, 16)
    actor = factories.actor_of(user) if who == "boss" else request.getfixturevalue(who)

    (out,) = away.who_is_out(actor, now)
    assert (out.why, out.until) == ("Sick", "")


def test_only_approved_leave_of_this_moment_counts(leave, dana, desk, now):
    leave(dana, 16, status="requested")
    leave(dana, 17)
    factories.EmployeeTimeFactory(
        employee=dana,
        kind="shift",
        leave_type="",
        status="published",
        period=period("08:00", "17:00"),
    )

    assert away.who_is_out(desk, now) == ()


def test_who_works_elsewhere_is_missed_elsewhere(leave, desk, elsewhere, now):
    leave(factories.EmployeeFactory(at=[elsewhere]), 16)

    assert away.who_is_out(desk, now) == ()
    assert len(away.who_is_out(factories.actor(Role.NURSE, elsewhere), now)) == 1


def test_more_people_out_cost_no_more_queries(
    leave, desk, location, now, django_assert_max_num_queries
):
    for employee in factories.EmployeeFactory.create_batch(3, at=[location]):
        leave(employee, 16)

    with django_assert_max_num_queries(
        3 + 2
    ):  # the practice and its zones are remembered, but not in tests
        assert len(away.who_is_out(desk, now)) == 3


def test_the_top_bar_sees_a_change_at_once(
    dana, manager, desk, days, now, settings, django_capture_on_commit_callbacks
):
    settings.MEMO_SECONDS = 5
    away.forget_out_now()
    assert away.out_now(desk, now) == ()

    with django_capture_on_commit_callbacks(execute=True):
        actions.enter_time_off(
            employee=dana, leave_type="sick", period=days(16), by=manager, at=now
        )

    assert [out.name for out in away.out_now(desk, now)] == ["Dana Kim"]
    away.forget_out_now()


def test_away_periods_of_many_practitioners_are_one_question(
    leave, whitfield, days, location, django_assert_num_queries
):
    other = factories.PractitionerFactory(available=location)
    leave(whitfield.employee, 17)
    leave(whitfield.employee, 16)
    leave(whitfield.employee, 25)
    leave(other.employee, 16, status="requested")

    with django_assert_num_queries(1):
        found = away.away_periods([whitfield.pk, other.pk], days(16, 20))

    assert found == {whitfield.pk: [days(16), days(17)], other.pk: []}


def test_a_request_shows_who_else_is_away(asked, leave, manager, location, elsewhere):
    request = asked(16, 18)
    leave(factories.EmployeeFactory(given_name="Ana", family_name="Ochoa", at=[location]), 18, 19)
    leave(factories.EmployeeFactory(at=[elsewhere]), 17)
    leave(factories.EmployeeFactory(at=[location]), 19)

    (waiting,) = leaves.requests_to_decide(manager)
    assert (waiting.time, waiting.span) == (request, "Mon 16 Nov – Wed 18 Nov")
    assert waiting.also_away == ("Ana Ochoa",)


def test_more_requests_cost_no_more_queries(
    manager, location, days, leave, django_assert_max_num_queries
):
    for employee in factories.EmployeeFactory.create_batch(4, at=[location]):
        factories.EmployeeTimeFactory(employee=employee, status="requested", period=days(16))

    with django_assert_max_num_queries(2 + 8):  # zones are remembered, but not in tests
        assert len(leaves.requests_to_decide(manager)) == 4


def test_who_does_not_decide_has_nothing_to_decide(asked, desk):
    asked(16)

    assert leaves.requests_to_decide(desk) == []


# Credentials


def expiring(employee, expires, **more):
    return factories.CredentialFactory(employee=employee, expires_date=expires, **more)


def test_lapsing_credentials_stand_in_bands(dana, hr):
    for expires in ["2026-11-15", "2026-11-16", "2026-12-16", "2027-01-10", "2027-02-14"]:
        expiring(dana, date.fromisoformat(expires), name=expires)
    expiring(dana, date(2027, 2, 15), name="too far")

    found = credentials.expiring_credentials(hr, MONDAY)

    assert [(each.band, each.tone) for each in found] == [
        ("expired", "act"), ("expired", "act"), ("30", "act"), ("60", "look"), ("90", ""),
    ]  # fmt: skip
    assert [each.says for each in found][:3] == [
        "Expired 1 day ago", "Expired today", "Expires in 30 days",
    ]  # fmt: skip


def test_what_does_not_matter_is_not_listed(dana, hr, now):
    expiring(dana, date(2026, 11, 1), voided_at=now, void_reason="Wrong person")
    expiring(dana, date(2026, 11, 1), name="ACLS")
    expiring(dana, date(2028, 11, 1), name="acls")
    gone = factories.EmployeeFactory(parted_date=date(2026, 11, 1))
    expiring(gone, date(2026, 11, 20))

    assert credentials.expiring_credentials(hr, MONDAY) == []


def test_the_desk_sees_nobodys_credentials_and_oneself_ones_own(dana, desk, as_dana):
    expiring(dana, date(2026, 11, 20))

    assert credentials.expiring_credentials(desk, MONDAY) == []
    assert len(credentials.expiring_credentials(as_dana, MONDAY)) == 1


def test_the_worst_credential_is_how_a_person_stands(dana, django_assert_num_queries):
    others = factories.EmployeeFactory.create_batch(2)
    expiring(dana, date(2028, 1, 1))
    expiring(dana, date(2026, 11, 26), kind="dea")
    expiring(others[0], None)

    with django_assert_num_queries(1):
        found = credentials.credential_standing([dana.pk, *(each.pk for each in others)], MONDAY)

    assert found[dana.pk].says == "DEA registration: expires in 10 days"
    assert found[others[0].pk] == credentials.IN_ORDER
    assert others[1].pk not in found


# The directory


def names(found):
    return [row.name for row in found.rows]


def test_the_directory_lists_everybody_with_what_one_may_know(leave, dana, desk, hr, now, location):
    leave(dana, 16, 18)
    expiring(dana, date(2026, 11, 15))

    (row,) = people.directory(desk, now).rows
    assert (row.name, row.out, row.url, row.standing) == (
        "Kim, Dana", "Out until Wed 18 Nov", "", None,
    )  # fmt: skip
    assert row.places == location.name

    (row,) = people.directory(hr, now).rows
    assert (row.out, row.url) == ("Sick until Wed 18 Nov", f"/staff/{dana.pk}/")
    assert row.standing.says == "license: expired 1 day ago"


@pytest.mark.parametrize("typed", ["kim", "dana kim", "KI da", "kim, dana", "DÁNA"])
def test_the_directory_finds_by_the_beginnings_of_names(dana, desk, now, typed):
    factories.EmployeeFactory(family_name="Aikimbo", given_name="Bob")

    assert names(people.directory(desk, now, text=typed)) == ["Kim, Dana"]


def test_the_directory_is_narrowed(dana, leave, desk, now, location, elsewhere):
    away_person = factories.EmployeeFactory(family_name="Zhou", given_name="Li", at=[location])
    leave(away_person, 16)
    factories.EmployeeFactory(family_name="Abel", given_name="Ed", at=[elsewhere])
    gone = factories.EmployeeFactory(family_name="Gone", given_name="Al", parted_date=MONDAY)

    everybody = names(people.directory(desk, now))
    assert everybody == ["Abel, Ed", "Gone, Al", "Kim, Dana", "Zhou, Li"]
    assert names(people.directory(desk, now, location=location)) == ["Kim, Dana", "Zhou, Li"]
    assert names(people.directory(desk, now, only_out=True)) == ["Zhou, Li"]
    gone.save_changes(parted_date=date(2026, 11, 13))
    assert "Gone, Al" not in names(people.directory(desk, now))
    assert names(people.directory(desk, now, left=True)) == ["Gone, Al"]


def test_a_longer_directory_costs_no_more_queries(
    hr, now, location, django_assert_max_num_queries, leave
):
    for practitioner in factories.PractitionerFactory.create_batch(4, available=location):
        leave(practitioner.employee, 16)
        expiring(practitioner.employee, date(2026, 11, 20))

    with django_assert_max_num_queries(
        8 + 4
    ):  # four zones are asked again: not remembered in tests
        assert people.directory(hr, now).total == 4


def test_a_part_of_the_directory_knows_the_whole(desk, now, location):
    factories.EmployeeFactory.create_batch(5)

    found = people.directory(desk, now, first=2, count=2)
    assert (len(found.rows), found.total) == (2, 5)


def test_a_file_has_its_head(dana, location, whitfield):
    dana.save_changes(supervisor=whitfield.employee)

    file = people.employee_file(whitfield.employee)
    assert (file.practitioner, file.reports, file.locations) == (whitfield, [dana], [location])
    assert people.employee_file(dana).supervisor == whitfield.employee
    assert file.zone == ZONE


def test_who_works_in_two_zones_lives_by_the_practice(dana, location, practice):
    denver = factories.LocationFactory(zone="America/Denver")
    dana.locations.add(denver)

    assert away.zone_for(dana) == practice.zone
    dana.locations.set([denver])
    assert away.zone_for(dana) == "America/Denver"
