"""The schedule as it is used: dragged, by keys, and by two people at once."""

import time
from datetime import timedelta

import pytest

from scheduling.models import Appointment, Hold
from tests import factories
from tests.access.test_event_stream import stream_server
from tests.browsing import axe, overflow
from tests.counting import Hands, toast
from tests.scheduling.screens import PAGE, TOMORROW, spot, start_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_one_books_the_other_sees_within_two_seconds(
    schedule, office, booked, live_server, settings
):
    stream, port = stream_server(EVENTS_ORIGINS=live_server.url)
    try:
        settings.EVENTS_URL = f"http://localhost:{port}/events"
        page = schedule()
        page.locator("#live-dot", has_text="Live").wait_for()
        page.wait_for_timeout(500)

        booked("11:15")
        begun = time.monotonic()
        page.locator(".appt", has_text="Haddad").wait_for(timeout=10_000)

        assert time.monotonic() - begun < 2
        page.context.close()  # a stream that breaks off is an error in the page
    finally:
        stream.terminate()
        stream.wait(20)


def test_undo_takes_the_booking_back(schedule, office, booked):
    page = schedule()
    page.mouse.click(*spot(page, office["bell"], "11:15"))
    page.get_by_role("combobox", name="Patient").wait_for()
    page.keyboard.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").click()
    page.get_by_role("button", name="11:15 with Bell").click()
    page.locator(".appt", has_text="Delgado").wait_for()

    page.locator("#main").focus()
    page.keyboard.press("Control+z")
    page.locator(".appt", has_text="Delgado").wait_for(state="detached")

    assert Appointment.objects.get().status == "entered-in-error"


def test_two_people_on_one_slot_one_wins_and_the_other_keeps_what_was_typed(
    schedule, office, booked
):
    page = schedule()
    page.mouse.click(*spot(page, office["bell"], "11:15"))
    page.get_by_role("combobox", name="Patient").wait_for()
    page.keyboard.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").click()
    page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
    page.get_by_label("Note for the desk").fill("Bring the glucose log")
    Hold.objects.all().delete()  # a minute has passed
    other = booked("11:15")

    page.get_by_role("button", name="11:15 with Bell").click()
    alert = page.get_by_role("alert")
    alert.wait_for()

    assert "is taken 11:15" in alert.inner_text()
    assert page.get_by_label("Note for the desk").input_value() == "Bring the glucose log"
    assert "DELGADO, Rosa" in page.locator("#booking-who").inner_text()
    assert list(Appointment.objects.all()) == [other]
    alert.get_by_role("button").first.click()  # the nearest free time fills the form
    page.get_by_role("alert").wait_for(state="detached")
    page.get_by_role("button", name="with Bell").click()
    toast(page, "Rosa Delgado")
    assert Appointment.objects.count() == 2
    assert Appointment.objects.exclude(pk=other.pk).get().note == "Bring the glucose log"


def test_somebody_who_looks_sees_who_is_booking(schedule, office):
    first = schedule()
    first.mouse.click(*spot(first, office["bell"], "11:15"))
    first.get_by_role("combobox", name="Patient").wait_for()
    name = Hold.objects.get().held_by_name.split()[0]

    second = schedule()
    assert second.locator(".hold").inner_text() == f"Held: {name}"

    first.keyboard.press("Escape")
    first.locator("#drawer").wait_for(state="hidden")
    first.wait_for_timeout(500)
    assert not Hold.objects.exists()


def test_a_visit_is_dragged_to_another_time_and_clinician(schedule, office, booked):
    visit = booked("09:00")
    page = schedule()
    card = page.locator(".appt", has_text="Haddad")
    x, y = spot(page, office["osei"], "10:30")

    Hands(page).drag(card, (x, y))

    toast(page, "Yusuf Haddad")
    assert start_of(visit) == "10:30"
    assert visit.practitioner == office["osei"]


def test_dropping_on_somebody_moves_nothing_and_offers_times(schedule, office, booked):
    visit = booked("09:00")
    booked("10:30", patient=factories.PatientFactory(family_name="Ferreira"))
    page = schedule()
    card = page.locator(".appt", has_text="Haddad")

    Hands(page).drag(card, spot(page, office["bell"], "10:30"))

    hint = page.locator(".hintbox")
    hint.get_by_role("button", name="Leave it").wait_for()
    assert "Overlaps Ferreira" in hint.inner_text()
    assert start_of(visit) == "09:00"
    hint.get_by_role("button", name="Use").first.click()
    toast(page, "Yusuf Haddad")
    assert start_of(visit) in {"10:00", "11:00"}


def test_a_visit_is_moved_and_made_longer_by_keys(schedule, office, booked):
    visit = booked("09:00")
    page = schedule()
    page.locator(".appt", has_text="Haddad").focus()

    page.keyboard.press("m")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    toast(page, "Yusuf Haddad")
    assert start_of(visit) == "09:30"
    assert visit.practitioner == office["osei"]

    moved = page.locator('.col[aria-label="Osei, A"] .appt:not(.appt--ghost, .appt--from)')
    moved.wait_for()
    page.locator(".appt--ghost").wait_for(state="detached")
    moved.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    toast(page, "45 min")
    visit.refresh_from_db()
    assert visit.ends_at - visit.starts_at == timedelta(minutes=45)


def test_what_the_server_refuses_stays_where_it_was(schedule, office, booked):
    """The other visit came after the page was drawn, so only the server knows of it."""
    visit = booked("09:00")
    page = schedule()
    page.evaluate("document.querySelector('#schedule').removeAttribute('data-live')")
    booked("10:30", patient=factories.PatientFactory(family_name="Ferreira"))

    card = page.locator(".appt", has_text="Haddad")
    Hands(page).drag(card, spot(page, office["bell"], "10:30"))

    hint = page.locator(".hintbox")
    hint.get_by_role("button", name="Leave it").wait_for()
    assert "is taken 10:30" in hint.inner_text()
    assert start_of(visit) == "09:00"
    hint.get_by_role("button", name="Leave it").click()
    assert page.locator(".appt--ghost").count() == 0


def test_a_time_is_found_and_booked(schedule, office):
    page = schedule()

    page.get_by_role("link", name="Find a time").click()
    page.get_by_label("Time of day").select_option("pm")
    chip = page.locator("#found-times .chip", has_text="12:00 Bell").first
    chip.click()
    page.get_by_role("combobox", name="Patient").wait_for()
    page.keyboard.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").click()
    page.get_by_role("button", name="with Bell").click()

    toast(page, "Rosa Delgado")
    assert start_of(Appointment.objects.get()) == "12:00"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "&view=list", "&view=rooms", "&show=scheduled"])
def test_nothing_stands_in_anybodys_way(schedule, office, booked, theme, path):
    factories.RoomFactory(location=office["location"])
    booked("09:00")
    booked("09:15", minutes=15, overbook_reason="Fever")
    factories.CredentialFactory(
        employee=office["osei"].employee, expires_date=TOMORROW - timedelta(days=1)
    )
    page = schedule(PAGE + path, theme=theme)

    assert axe(page) == []


@pytest.mark.parametrize("path", ["/schedule/new/", "/schedule/find/"])
def test_the_drawers_are_pages_too(schedule, office, path):
    page = schedule(path)

    assert axe(page) == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_window_has_the_list_or_scrolls_inside(schedule, office, booked, width):
    booked("09:00")
    page = schedule(width=width)
    if width < 768:
        page.locator("#agenda li", has_text="Haddad, Yusuf").wait_for()

    assert overflow(page) == 0


def test_a_drawer_open_on_a_slot_has_no_findings(schedule, office, booked):
    booked("11:00")
    page = schedule()
    page.mouse.click(*spot(page, office["bell"], "10:45"))
    page.get_by_role("combobox", name="Patient").wait_for()

    assert axe(page) == []
