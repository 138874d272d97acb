"""Holding a slot for a minute while one books it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel import doorbell
from kernel.models import AuditEvent
from kernel.refusals import Forbidden
from office.roles import Role
from scheduling.actions.holding import NotFree, hold_time, release_hold, sweep_lapsed_holds
from scheduling.actions.reserving import TimeTaken
from scheduling.models import Appointment, Hold, Reservation
from tests import factories
from tests.clock import at


@pytest.fixture
def hold(location, practitioner, follow_up, desk):
    """`hold("11:00")` by the desk, now, unless a term is given."""

    def do(start, **terms):
        given = {
            "practitioner": practitioner,
            "location": location,
            "appointment_type": follow_up,
            "start": at(start),
            "by": desk,
            "at": timezone.now(),
        }
        return hold_time(**(given | terms))

    return do


def test_held_time_is_kept_from_others_for_a_minute(hold, book, manager):
    held = hold("11:00")

    assert held.expires_at - timezone.now() > timedelta(seconds=55)
    with pytest.raises(TimeTaken, match="held for a moment"):
        book("11:15", by=manager)


def test_the_holder_books_through_their_own_hold(hold, book):
    held = hold("11:00")

    book("11:00", hold_id=held.pk)

    assert not Hold.objects.exists()
    assert Appointment.objects.count() == 1


def test_a_refused_booking_leaves_the_hold_where_it_was(hold, book, patient):
    book("11:00", practitioner=factories.PractitionerFactory(), patient=patient)
    held = hold("11:00")

    with pytest.raises(TimeTaken, match="The patient has another visit"):
        book("11:00", patient=patient, hold_id=held.pk)

    assert Hold.objects.filter(pk=held.pk).exists()


def test_somebody_elses_hold_is_not_dropped_by_naming_it(hold, book, manager):
    held = hold("11:00")

    with pytest.raises(TimeTaken):
        book("11:00", by=manager, hold_id=held.pk)

    assert Hold.objects.filter(pk=held.pk).exists()


def test_a_new_hold_gives_the_last_one_back(hold):
    hold("11:00")
    latest = hold("14:00")

    assert list(Hold.objects.all()) == [latest]
    assert Reservation.objects.count() == 1


def test_taken_time_cannot_be_held(hold, book):
    book("11:00")

    with pytest.raises(NotFree):
        hold("11:15")

    assert not Hold.objects.exists()


def test_a_lapsed_hold_is_held_over(hold, manager):
    hold("11:00", at=timezone.now() - timedelta(minutes=5))

    assert hold("11:00", by=manager).held_by_name == manager.name


def test_one_releases_only_ones_own(hold, desk, manager):
    held = hold("11:00")

    release_hold(hold_id=held.pk, by=manager)
    assert Hold.objects.exists()

    release_hold(hold_id=held.pk, by=desk)
    assert not Hold.objects.exists()
    release_hold(hold_id=held.pk, by=desk)  # twice does no harm


def test_the_tick_sweeps_what_has_lapsed_and_nothing_else(hold, manager):
    hold("11:00", at=timezone.now() - timedelta(minutes=5))
    stays = hold("14:00", by=manager, practitioner=factories.PractitionerFactory())

    assert sweep_lapsed_holds() == 1
    assert sweep_lapsed_holds() == 0
    assert list(Hold.objects.all()) == [stays]


def test_holding_is_an_act_of_those_who_book(hold, location):
    with pytest.raises(Forbidden):
        hold("11:00", by=factories.actor(Role.BILLER, location))

    assert AuditEvent.objects.filter(action="scheduling.hold_time", outcome="denied").count() == 1


def test_who_looks_at_the_day_hears_of_it(hold, location, monkeypatch):
    said = []
    monkeypatch.setattr(doorbell, "tell_after_commit", lambda channel, text: said.append(text))

    hold("11:00")

    assert said == [f"{location.pk} schedule:2026-11-16"]
