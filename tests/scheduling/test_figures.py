"""Key figures against a handful of visits counted by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel import metrics
from kernel.metrics import Span
from office.roles import Role
from scheduling.actions import cancelling, flow
from scheduling.models import CancelledBy
from tests import factories
from tests.clock import MONDAY, at

DAY = timedelta(days=1)
THAT_DAY = Span(MONDAY, MONDAY)
OTHER_DAYS = [Span(MONDAY - 7 * DAY, MONDAY - DAY), THAT_DAY, Span(MONDAY + DAY, MONDAY + DAY)]


def read(name, actor, *locations, spans=(THAT_DAY,)):
    metric = metrics.find(name, actor)
    return metric.measure(actor, list(spans), [each.pk for each in locations])


@pytest.fixture
def seen(book, desk):
    """`seen("09:00", arrived="08:50", roomed="09:12", left="09:40")`: somebody who came and went."""

    def do(start, arrived, roomed, left, **terms):
        visit = book(start, **terms)
        flow.arrive(appointment=visit, by=desk, at=at(arrived))
        for step, when in (("room", roomed), ("see", roomed), ("ready", left), ("leave", left)):
            visit.refresh_from_db()
            flow.advance(appointment=visit, step=step, by=desk, at=at(when))
        return visit

    return do


def test_no_shows_are_of_those_still_booked_when_it_began(seen, book, desk, manager, location):
    seen("09:00", "09:00", "09:05", "09:30")
    cancelling.mark_no_show(appointment=book("10:00"), by=desk, at=at("10:30"))
    cancelling.cancel_appointment(
        appointment=book("11:00"),
        cancelled_by=CancelledBy.PATIENT,
        reason="Sick",
        by=desk,
        at=at("08:00"),
    )
    book("15:00")  # nobody knows yet

    before, now, after = read("no_show_rate", manager, location, spans=OTHER_DAYS)

    assert (now.numerator, now.denominator, now.value) == (1, 2, Decimal(50))
    assert before.value is None
    assert after.value is None


def test_who_comes_early_waits_from_the_start_of_the_visit(seen, manager, location):
    seen("09:00", "08:30", "09:12", "09:40")  # 12, not 42
    seen("10:00", "10:04", "10:10", "10:30")  # 6
    seen("11:00", "10:40", "10:50", "11:20")  # called before the start: 0

    (wait,) = read("wait", manager, location)
    (cycle,) = read("cycle_time", manager, location)

    assert (wait.value, wait.denominator) == (6, 3)
    assert cycle.value == 26


def test_a_bump_is_what_the_practice_canceled(book, desk, manager, location):
    cancelling.cancel_appointment(
        appointment=book("09:00"),
        cancelled_by=CancelledBy.PRACTICE,
        reason="Away",
        by=desk,
        at=at("08:00"),
    )
    cancelling.cancel_appointment(
        appointment=book("10:00"),
        cancelled_by=CancelledBy.PATIENT,
        reason="Sick",
        by=desk,
        at=at("08:00"),
    )
    book("11:00"), book("12:00")

    (bumps,) = read("bump_rate", manager, location)

    assert (bumps.numerator, bumps.denominator, bumps.value) == (1, 4, 25)


def test_a_clinician_day_counts_once_however_full(seen, manager, location):
    other = factories.PractitionerFactory(available=location)
    seen("09:00", "09:00", "09:05", "09:30")
    seen("10:00", "10:00", "10:05", "10:30")
    seen("10:00", "10:00", "10:05", "10:30", practitioner=other)

    (visits,) = read("visits_per_provider_day", manager, location)

    assert (visits.numerator, visits.denominator, visits.value) == (3, 2, Decimal("1.5"))


def test_the_day_is_that_of_the_location(seen, manager, location):
    seen("09:00", "09:00", "09:05", "09:30")
    location.zone = "Pacific/Auckland"  # where it is Tuesday, three in the morning
    location.save()
    spans = [THAT_DAY, Span(MONDAY + DAY, MONDAY + DAY)]

    there, next_day = read("visits_per_provider_day", manager, location, spans=spans)

    assert (there.value, next_day.value) == (None, 1)


def test_figures_of_other_locations_are_nobodys(seen, location, elsewhere):
    seen("09:00", "09:00", "09:05", "09:30")
    stranger = factories.actor(Role.MANAGER, elsewhere)

    (mine,) = read("wait", stranger, location)

    assert mine.value is None
    assert metrics.find("wait", stranger).rows(stranger, THAT_DAY, [location.pk], 10).total == 0


def test_the_rows_behind_a_figure_are_what_it_counted(seen, book, desk, manager, location):
    seen("09:00", "09:00", "09:05", "09:30")
    missed = book("10:00")
    cancelling.mark_no_show(appointment=missed, by=desk, at=at("10:30"))
    rows = metrics.find("no_show_rate", manager).rows(manager, THAT_DAY, [location.pk], 10)
    longest = metrics.find("wait", manager).rows(manager, THAT_DAY, [location.pk], 10)

    assert rows.total == 1
    assert rows.rows[0][1].id == missed.patient_id
    assert rows.rows[0][-1].text == "No-show"
    assert longest.rows[0][-1].text == "5 m"


def test_third_next_is_the_third_free_time(
    book, practitioner, follow_up, manager, location, time_machine
):
    time_machine.move_to(at("08:00"), tick=False)
    metric = metrics.find("third_next_available", manager)
    today = metric.rows(manager, THAT_DAY, [location.pk], 10).rows
    for hour in range(8, 17):
        for minute in ("00", "30"):
            book(f"{hour:02}:{minute}")

    (full,) = metric.measure(manager, [THAT_DAY], [location.pk])

    assert [cell.text for cell in today[0]][-2:] == ["Mon 16 Nov, 8:30", "0"]
    assert full.value == 1


@pytest.mark.parametrize("name", ["no_show_rate", "wait", "bump_rate", "visits_per_provider_day"])
def test_one_statement_for_any_number_of_spans(
    seen, manager, location, django_assert_num_queries, name
):
    seen("09:00", "09:00", "09:05", "09:30")
    weeks = [Span(MONDAY - 7 * n * DAY, MONDAY - 7 * n * DAY + 6 * DAY) for n in range(12)]

    with django_assert_num_queries(1):
        read(name, manager, location, spans=weeks)


def test_every_figure_says_what_it_is(manager):
    for metric in metrics.all_for(manager):
        assert metric.formula
        assert metric.source
        assert metric.label
