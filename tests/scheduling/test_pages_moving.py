"""Moving and finding a time as pages, and the visits on the patient's page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from office.roles import Role
from scheduling.actions import cancelling, flow
from scheduling.models import Appointment, AvailabilityException
from tests import factories
from tests.clock import MONDAY, at, period
from tests.scheduling.answers import HTMX, triggers

NEW, LOOK, BOOK = (reverse(f"scheduling:{name}") for name in ("new", "look", "book"))
FIND = reverse("scheduling:find")

pytestmark = pytest.mark.usefixtures("half_past_ten")


# ---- on the patient's page


def test_the_profile_shows_what_is_planned_and_what_was(front, rosa, book, desk):
    missed = book("08:00", patient=rosa)
    cancelling.mark_no_show(appointment=missed, by=desk, at=at("09:00"))
    book("14:00", patient=rosa)

    page = front.get(reverse("patients:profile", args=[rosa.pk])).text

    assert "Mon 16 Nov, 2:00" in page
    assert "1 no-show in a year" in page
    assert "Mon 16 Nov, 8:00" in page
    assert f"{NEW}?patient={rosa.pk}" in page
    assert f"{FIND}?patient={rosa.pk}" in page


def test_the_profile_tells_nothing_of_visits_elsewhere(front, rosa, book, elsewhere, location):
    there = factories.PractitionerFactory(available=elsewhere)
    both = factories.actor(Role.FRONT_DESK, location, elsewhere)
    book("14:00", patient=rosa, location=elsewhere, practitioner=there, by=both)

    page = front.get(reverse("patients:profile", args=[rosa.pk])).text

    assert "No visit planned" in page


# ---- moving


def url(name, visit, query=f"?day={MONDAY}&view=day"):
    return reverse(f"scheduling:{name}", args=[visit.pk]) + query


def test_dropped_on_a_free_time_it_moves_with_undo(front, book, practitioner, location):
    visit = book("09:00")
    other = factories.PractitionerFactory(available=location)

    answer = front.post(
        url("move-here", visit), {"column": other.pk, "start": "14:00", "version": 1}, headers=HTMX
    )

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert (visit.starts_at, visit.practitioner) == (at("14:00"), other)
    front.post(triggers(answer)["toast"]["undo"], headers=HTMX)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.practitioner) == (at("09:00"), practitioner)


def test_dropped_on_somebody_it_stays_and_two_times_are_offered(front, book, practitioner):
    visit = book("14:00")
    book("11:00", "11:30")

    answer = front.post(
        url("move-here", visit), {"column": practitioner.pk, "start": "11:00", "version": 1},
        headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "is taken 11:00–11:30" in answer.text
    assert answer.text.count("data-use=") == 2
    visit.refresh_from_db()
    assert visit.starts_at == at("14:00")


def test_an_old_screen_cannot_move_a_visit(front, book, practitioner):
    visit = book("09:00")
    Appointment.objects.filter(pk=visit.pk).update(version=2)

    for name, sent in (
        ("move-here", {"column": practitioner.pk, "start": "14:00"}),
        ("resize", {"minutes": 45}),
        ("move", {"day": "today", "time": "2pm", "minutes": 30, "practitioner": practitioner.pk}),
    ):
        answer = front.post(url(name, visit), sent | {"version": 1}, headers=HTMX)
        assert answer.status_code == 409
        assert "Somebody else changed this visit" in answer.text
    visit.refresh_from_db()
    assert visit.starts_at == at("09:00")


def test_a_visit_is_made_longer(front, book):
    visit = book("09:00", "09:30")

    assert front.post(url("resize", visit), {"minutes": 60, "version": 1}).status_code == 302
    visit.refresh_from_db()
    assert visit.ends_at == at("10:00")


def test_a_visit_is_not_made_longer_into_the_next_one(front, book):
    visit = book("09:00", "09:30")
    book("09:30", "10:00")

    answer = front.post(url("resize", visit), {"minutes": 60, "version": 1}, headers=HTMX)

    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.ends_at == at("09:30")


def test_a_visit_goes_into_another_room(front, book, location, desk):
    one, two = (factories.RoomFactory(location=location) for _ in range(2))
    exam = factories.AppointmentTypeFactory(minutes=30, room_kind="exam")
    visit = book("09:00", appointment_type=exam, room=one)

    answer = front.post(
        url("move-here", visit, f"?day={MONDAY}&view=rooms"),
        {"column": two.pk, "start": "09:00", "version": 1}, headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert visit.room == two
    live = visit.reservations.filter(is_live=True, resource_kind="room")
    assert [each.resource_id for each in live] == [two.pk]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"column": "none", "start": "14:00", "version": 1},
        {"column": "x", "start": "14:00", "version": 1},
        {"start": "later", "version": 1},
        {"start": "14:00", "version": "x"},
        {"minutes": "x"},
    ],
)
def test_a_broken_request_moves_nothing(front, book, practitioner, sent):
    visit = book("09:00")

    given = {"column": str(practitioner.pk)} | sent
    assert front.post(url("move-here", visit), given, headers=HTMX).status_code == 422
    assert front.post(url("resize", visit), sent, headers=HTMX).status_code == 422
    visit.refresh_from_db()
    assert visit.version == 1


def test_overbooking_by_a_drag_asks_for_the_reason_in_the_drawer(front, book, practitioner):
    visit = book("14:00")
    book("11:00", "11:30")

    answer = front.post(
        url("move-here", visit),
        {"column": practitioner.pk, "start": "11:00", "version": 1, "overbook": "1"}, headers=HTMX,
    )  # fmt: skip

    assert answer.headers["HX-Retarget"] == "#drawer"
    assert 'value="11:00"' in answer.text
    assert 'name="overbook_reason"' in answer.text
    visit.refresh_from_db()
    assert visit.starts_at == at("14:00")


def test_a_rule_that_stops_a_drop_is_overridden_in_the_drawer(
    signed_in, location, book, practitioner
):
    visit = book("09:00")
    other = factories.PractitionerFactory(available=location)
    factories.CredentialFactory(employee=other.employee, expires_date=date(2026, 11, 15))
    manager = signed_in(Role.MANAGER, location)

    dropped = manager.post(
        url("move-here", visit), {"column": other.pk, "start": "14:00", "version": 1}, headers=HTMX
    )
    assert dropped.status_code == 409
    assert "license expired on 15 Nov" in dropped.text
    assert "Override…" in dropped.text

    sent = {"day": "today", "time": "2pm", "minutes": 30, "practitioner": other.pk, "version": 1}
    refused = manager.post(url("move", visit), sent, headers=HTMX)
    assert refused.status_code == 409
    assert 'name="override-staff.credential_expired"' in refused.text
    sent["override-staff.credential_expired"] = "Renewal 4711 granted today"
    assert manager.post(url("move", visit), sent, headers=HTMX).status_code == 204


def test_the_drawer_moves_by_one_click_on_a_free_time(front, book, practitioner):
    visit = book("09:00")

    shown = front.get(url("move", visit), headers=HTMX)
    assert "Today 9:00" in shown.text
    chip = f"2026-11-17 8:00 {practitioner.pk}"
    assert f'value="{chip}"' in shown.text
    answer = front.post(
        url("move", visit),
        {"use": chip, "day": "Mon 16 Nov", "time": "9:00", "minutes": 30, "version": 1},
        headers=HTMX,
    )

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert visit.starts_at == at("08:00", MONDAY + timedelta(days=1))


def test_a_patient_who_is_here_is_not_moved(front, book, desk, practitioner):
    visit = flow.arrive(appointment=book("10:30"), by=desk, at=at("10:30"))

    answer = front.post(
        url("move-here", visit),
        {"column": practitioner.pk, "start": "14:00", "version": visit.version}, headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "arrived" in answer.text


def test_a_visit_of_another_location_does_not_exist(signed_in, elsewhere, book):
    visit = book("09:00")
    stranger = signed_in(Role.FRONT_DESK, elsewhere)

    assert stranger.get(url("move", visit)).status_code == 404
    for name in ("move", "move-here", "resize"):
        assert stranger.post(url(name, visit), {"version": 1}).status_code == 404


def test_who_may_not_book_may_not_move(signed_in, location, book):
    visit = book("09:00")
    physician = signed_in(Role.PHYSICIAN, location)

    assert physician.get(url("move", visit)).status_code == 403
    assert physician.post(url("resize", visit), {"minutes": 45, "version": 1}).status_code == 403


# ---- finding a time


def test_the_first_free_times_day_by_day(front, practitioner, follow_up, book):
    book("10:30", "16:00")

    answer = front.get(FIND, {"type": follow_up.pk, "who": practitioner.pk})

    assert answer.status_code == 200
    assert "Mon 16 Nov" in answer.text
    assert "&amp;start=16:00&amp;" in answer.text
    assert "Tue 17 Nov" in answer.text
    assert "&amp;start=15:45&amp;" not in answer.text


def test_days_and_halves_narrow_it(front, practitioner, follow_up):
    asked = {"type": follow_up.pk, "day": ["2", "4"], "half": "pm"}
    found = front.get(FIND, asked, headers={"HX-Request": "true", "HX-Target": "found-times"}).text

    assert "Wed 18 Nov" in found
    assert "Fri 20 Nov" in found
    assert "Tue 17 Nov" not in found
    assert "start=12:00" in found
    assert "start=11:45" not in found
    assert "<form" not in found


def test_a_day_that_is_none_is_said(front, follow_up):
    assert "is no day" in front.get(FIND, {"type": follow_up.pk, "from": "someday"}).text


def test_nothing_free_says_what_to_try(front, follow_up):
    assert "Nothing fits in the next four months" in front.get(FIND).text


def test_people_on_leave_or_stopped_are_not_offered(front, practitioner, follow_up, location):
    away = factories.PractitionerFactory(family_name="Away", available=location)
    factories.EmployeeTimeFactory(employee=away.employee, period=period("00:00", "23:00"))
    stopped = factories.PractitionerFactory(family_name="Stopped", available=location)
    factories.CredentialFactory(employee=stopped.employee, expires_date=date(2026, 11, 15))

    found = front.get(FIND, {"type": follow_up.pk, "from": "today", "day": "0"}).text

    assert f"column={practitioner.pk}&amp;start=10:30" in found
    assert f"column={stopped.pk}" not in found
    monday = found[found.index("Mon 16 Nov") : found.index("Mon 23 Nov")]
    assert f"column={away.pk}" not in monday


@pytest.mark.parametrize("bad", [{"type": "x"}, {"who": "🙂"}, {"day": "9"}, {"half": "night"}])
def test_a_search_that_makes_no_sense_is_the_plain_one(front, follow_up, practitioner, bad):
    assert front.get(FIND, bad).status_code == 200


def test_blocked_hours_are_not_offered(front, practitioner, follow_up, location):
    AvailabilityException.objects.create(
        practitioner=practitioner, location=location, kind="blocked", date=MONDAY,
        starts=at("10:00").time(), ends=at("16:30").time(),
    )  # fmt: skip

    found = front.get(FIND, {"type": follow_up.pk, "who": practitioner.pk}).text

    assert "start=16:30" in found
    assert "start=16:15" not in found
