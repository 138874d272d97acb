"""The schedule as it is used: clicks counted, keys alone, dragged, and by two people at once."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from access import sessions
from office.roles import Role
from scheduling.actions.booking import book_appointment
from scheduling.models import Appointment, AppointmentType, Hold
from tests import factories
from tests.access.test_event_stream import stream_server
from tests.browsing import axe, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ZONE = ZoneInfo("America/New_York")
TOMORROW = datetime.now(ZONE).date() + timedelta(days=1)
PAGE = f"/schedule/?day={TOMORROW}"


@pytest.fixture
def sign_in():
    """`sign_in(location)`: a browser of its own for another person at the front desk."""

    def do(location, role=Role.FRONT_DESK):
        client = Client()
        user = factories.UserFactory(role=role, at=[location])
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        sessions.begin(session)
        session.save()
        client.user = user
        return client

    return do


@pytest.fixture
def office(practice, location):
    """Two clinicians who are there all day, Rosa, and a follow-up of thirty minutes."""
    factories.AppointmentTypeFactory(name="Follow-up", minutes=30)
    bell = factories.PractitionerFactory(family_name="Bell", given_name="M", available=location)
    osei = factories.PractitionerFactory(family_name="Osei", given_name="A", available=location)
    rosa = factories.PatientFactory(family_name="Delgado", given_name="Rosa", at=[location])
    return {"location": location, "bell": bell, "osei": osei, "rosa": rosa}


@pytest.fixture
def schedule(open_page, sign_in, office):
    def opened(path=PAGE, **options):
        return open_page(path, client=sign_in(office["location"]), **options)

    return opened


@pytest.fixture
def booked(office):
    """`booked("09:00", "bell")`: thirty minutes of somebody else, tomorrow."""

    def do(start, who="bell", minutes=30, **terms):
        hour, minute = map(int, start.split(":"))
        given = {
            "patient": factories.PatientFactory(family_name="Haddad", given_name="Yusuf"),
            "practitioner": office[who],
            "location": office["location"],
            "appointment_type": AppointmentType.objects.get(),
            "start": datetime(
                TOMORROW.year, TOMORROW.month, TOMORROW.day, hour, minute, tzinfo=ZONE
            ),
            "minutes": minutes,
            "by": factories.actor(Role.FRONT_DESK, office["location"]),
        }
        return book_appointment(**(given | terms))

    return do


def spot(page, who, clock):
    """Where a time stands on the sheet, after scrolling there."""
    hour, minute = map(int, clock.split(":"))
    quarter = (hour - 7) * 4 + minute // 15
    column = page.locator(f'.col[aria-label="{who.short}"]')
    column.evaluate(
        """(col, quarter) => {
            const main = document.getElementById("main"), row = col.offsetHeight / (14 * 4);
            const top = col.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
            main.scrollTop = Math.max(0, top + quarter * row - 400);
        }""",
        quarter,
    )
    box = column.bounding_box()
    row = box["height"] / (14 * 4)
    return box["x"] + box["width"] / 2, box["y"] + quarter * row + row / 2


def start_of(visit):
    visit.refresh_from_db()
    return f"{visit.starts_at.astimezone(ZONE):%H:%M}"


def toast(page, words):
    page.locator(".toast-u", has_text=words).wait_for(timeout=5000)


def test_an_existing_patient_is_booked_from_a_slot_in_three_clicks(schedule, office):
    page = schedule()

    page.mouse.click(*spot(page, office["bell"], "11:15"))
    page.get_by_role("combobox", name="Patient").wait_for()
    page.keyboard.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").click()
    page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
    page.get_by_role("button", name="11:15 with Bell").click()

    toast(page, "Rosa Delgado")
    page.locator(".appt", has_text="Delgado").wait_for()
    assert page.locator("#drawer").is_hidden()
    visit = Appointment.objects.get()
    assert (start_of(visit), visit.practitioner) == ("11:15", office["bell"])
    assert not Hold.objects.exists()


def test_a_new_patient_is_booked_in_four_clicks(schedule, office):
    page = schedule()

    page.mouse.click(*spot(page, office["bell"], "11:15"))
    page.get_by_role("combobox", name="Patient").wait_for()
    page.get_by_label("Note for the desk").fill("First visit")
    page.get_by_role("combobox", name="Patient").focus()
    page.keyboard.type("ike")
    page.get_by_role("option", name="+ New patient").click()
    page.get_by_label("Family name").fill("Ikeda")
    page.get_by_label("Given name").fill("Yui")
    page.get_by_label("Birth date").fill("3/4/1990")
    page.get_by_role("button", name="Register and go on").click()
    page.locator("#booking-who", has_text="IKEDA, Yui").wait_for()
    page.get_by_role("button", name="11:15 with Bell").click()

    toast(page, "Yui Ikeda")
    visit = Appointment.objects.get()
    assert (start_of(visit), visit.note) == ("11:15", "First visit")


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


def test_booking_needs_no_mouse(schedule, office):
    page = schedule()
    keys = 0

    def press(key):
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    page.locator(".slot-cursor, .appt[tabindex='0']").first.focus()
    page.keyboard.press("Home")
    while "8:00" not in page.evaluate("document.activeElement.getAttribute('aria-label') || ''"):
        page.keyboard.press("ArrowDown")
    press("Enter")
    page.get_by_role("combobox", name="Patient").wait_for()
    for letter in "delg":
        press(letter)
    page.get_by_role("option", name="DELGADO, Rosa").wait_for()
    press("Enter")
    page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
    press("Control+Enter")

    toast(page, "Rosa Delgado")
    assert start_of(Appointment.objects.get()) == "08:00"
    assert keys <= 10


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


def drag(page, card, to):
    box = card.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=3)
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def test_a_visit_is_dragged_to_another_time_and_clinician(schedule, office, booked):
    visit = booked("09:00")
    page = schedule()
    card = page.locator(".appt", has_text="Haddad")
    x, y = spot(page, office["osei"], "10:30")

    drag(page, card, (x, y))

    toast(page, "Yusuf Haddad")
    assert start_of(visit) == "10:30"
    assert visit.practitioner == office["osei"]


def test_dropping_on_somebody_moves_nothing_and_offers_times(schedule, office, booked):
    visit = booked("09:00")
    booked("10:30", patient=factories.PatientFactory(family_name="Ferreira"))
    page = schedule()
    card = page.locator(".appt", has_text="Haddad")

    drag(page, card, spot(page, office["bell"], "10:30"))

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

    drag(page, page.locator(".appt", has_text="Haddad"), spot(page, office["bell"], "10:30"))

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
