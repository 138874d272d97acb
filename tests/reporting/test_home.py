"""The manager's home and the figures: who gets what, and what stands on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.models import AuditEvent
from office.roles import Role
from scheduling.actions import cancelling, flow
from tests import factories
from tests.clock import MONDAY, at

HTMX = {"HX-Request": "true"}
LATER = at("08:30", MONDAY.replace(day=18))


@pytest.fixture
def at_home(signed_in, location, time_machine):
    time_machine.move_to(at("10:30"), tick=False)
    return signed_in(Role.MANAGER, location)


def test_the_manager_begins_here(at_home):
    assert at_home.get("/").url == reverse("reporting:home")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.NURSE, Role.PHYSICIAN, Role.HR])
def test_nobody_else_does(signed_in, location, role):
    assert signed_in(role, location).get(reverse("reporting:home")).status_code == 403


def test_the_day_stands_on_it(at_home, book, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=MONDAY)
    early = factories.PractitionerFactory(available=practitioner.locations.first())
    book("14:00", practitioner=early)

    page = at_home.get(reverse("reporting:home")).text

    assert "Monday 16 Nov" in page
    assert "<b>1</b><span>visit today, 1 new</span>" in page
    assert "Renew" in page
    assert "Third next opening" in page
    assert "not enough data" in page


def test_the_strip_and_the_queue_fetch_themselves(at_home, book, practitioner):
    book("14:00")
    factories.CredentialFactory(employee=practitioner.employee, expires_date=MONDAY)

    strip = at_home.get(reverse("reporting:strip"), headers=HTMX).text
    queue = at_home.get(reverse("reporting:queue"), headers=HTMX).text

    assert '<b class="act">1</b><span>visit to move</span>' in strip
    assert f"Move {practitioner.family_name}’s 1 visit, Mon 16 Nov" in queue


def test_a_figure_shows_how_it_is_computed_and_its_rows(
    signed_in, book, desk, location, time_machine
):
    missed = book("09:00")
    cancelling.mark_no_show(appointment=missed, by=desk, at=at("09:30"))
    came = book("10:00")
    flow.arrive(appointment=came, by=desk, at=at("10:00"))
    time_machine.move_to(LATER, tick=False)
    at_home = signed_in(Role.MANAGER, location)

    formula = at_home.get(reverse("reporting:formula", args=["no_show_rate"]), headers=HTMX).text
    page = at_home.get(reverse("reporting:figure", args=["no_show_rate"])).text

    assert "1 no-shows ÷ 2 visits" in formula
    assert "50.0" in page
    assert "goal under 7 %" in page
    assert str(missed.patient) in page
    assert str(came.patient) not in page
    seen = AuditEvent.objects.filter(action="reporting:figure").latest("at")
    assert str(missed.patient_id) in str(seen.__dict__)


@pytest.mark.parametrize("name", ["wait", "cycle_time", "bump_rate", "third_next_available"])
def test_every_figure_has_a_page_even_without_data(at_home, name):
    assert at_home.get(reverse("reporting:figure", args=[name])).status_code == 200


def test_an_unknown_figure_is_not_found(at_home):
    assert at_home.get(reverse("reporting:figure", args=["happiness"])).status_code == 404
    assert at_home.get("/api/v1/metrics/happiness/").status_code == 404


def test_the_location_in_the_address_must_be_ones_own(at_home, elsewhere, book):
    book("09:00")
    page = at_home.get(f"{reverse('reporting:figure', args=['wait'])}?at={elsewhere.pk}")

    assert page.status_code == 200
    assert elsewhere.name not in page.text


def test_the_api_gives_the_same_numbers(at_home, book, desk):
    cancelling.mark_no_show(appointment=book("09:00"), by=desk, at=at("09:30"))

    asked = f"/api/v1/metrics/no_show_rate/?from={MONDAY}&to={MONDAY}"
    found = at_home.get(asked).json()

    assert (found["value"], found["numerator"], found["denominator"]) == (
        "100.0000",
        "1.0000",
        "1.0000",
    )
    assert len(at_home.get("/api/v1/metrics/").json()["results"]) == 9


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=nonsense", 422),
        ("from=2026-11-17&to=2026-11-16", 422),
        ("from=2020-01-01&to=2026-11-16", 422),
        ("from=0001-01-01", 422),
        ("location=nonsense", 422),
        ("location=00000000-0000-0000-0000-000000000001", 404),
    ],
)
def test_the_api_refuses_nonsense_with_a_sentence(at_home, query, status):
    answer = at_home.get(f"/api/v1/metrics/?{query}")

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_who_may_read_figures_but_not_the_schedule_reads_none(signed_in, location):
    assert signed_in(Role.HR, location).get("/api/v1/metrics/").status_code == 403


def test_the_home_costs_the_same_however_full_the_day(at_home, book):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            at_home.get(reverse("reporting:home"))
        return len(queries)

    book("11:00")
    asked()  # the number in the rail is remembered
    few = asked()
    for hour in range(12, 17):
        book(f"{hour}:00")

    assert asked() == few
