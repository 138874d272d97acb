"""
What the desk's everyday tasks may cost, in clicks and keys, done in a real browser.

Each test does one task as somebody who knows the page would and asserts its budget: a change that adds
a click fails here.
"""

import pytest
import time_machine
from playwright.sync_api import expect

from patients.models import Patient
from scheduling.models import Appointment
from tests import factories
from tests.clock import MONDAY, at
from tests.counting import Hands, toast
from tests.scheduling.screens import spot, start_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def on_monday():
    """The Today board shows the day as it is, whatever the hour at which tests run."""
    with time_machine.travel(at("09:12"), tick=True):
        yield


@pytest.fixture
def today(open_page, colleague, office, on_monday):
    factories.RoomFactory(location=office["location"], name="Room 4")
    return lambda path="/today/", **options: open_page(
        path, client=colleague(office["location"]), **options
    )


def pick(hands, letters, name):
    """Type into the patient field, which has the focus, and click who is meant."""
    expect(hands.page.get_by_role("combobox", name="Patient")).to_be_focused()
    hands.type(letters)
    hands.click(hands.page.get_by_role("option", name=name))
    hands.page.locator("#drawer .idb-mini", has_text=name).wait_for()


# ---- booking


def test_booking_somebody_known_from_a_slot_takes_three_clicks(schedule, office):
    page = schedule()
    hands = Hands(page)

    hands.click(spot(page, office["bell"], "11:15"))
    pick(hands, "delg", "DELGADO, Rosa")
    hands.click(page.get_by_role("button", name="11:15 with Bell"))

    toast(page, "Rosa Delgado")
    visit = Appointment.objects.get()
    assert (start_of(visit), visit.practitioner) == ("11:15", office["bell"])
    assert hands.clicks <= 3


def test_booking_takes_no_mouse_and_ten_keys(schedule, office):
    page = schedule()
    page.locator(".slot-cursor, .appt[tabindex='0']").first.focus()
    page.keyboard.press("Home")
    while "8:00" not in page.evaluate("document.activeElement.getAttribute('aria-label') || ''"):
        page.keyboard.press("ArrowDown")
    hands = Hands(page)

    hands.press("Enter")
    expect(page.get_by_role("combobox", name="Patient")).to_be_focused()
    hands.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").wait_for()
    hands.press("Enter")
    page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
    hands.press("Control+Enter")

    toast(page, "Rosa Delgado")
    assert start_of(Appointment.objects.get()) == "08:00"
    assert (hands.clicks, hands.keys <= 10) == (0, True)


def test_booking_somebody_new_takes_four_clicks_and_the_five_fields(schedule, office):
    page = schedule()
    hands = Hands(page)

    hands.click(spot(page, office["bell"], "11:15"))
    hands.click(page.get_by_role("button", name="New patient"))
    expect(page.get_by_label("Family name")).to_be_focused()
    for words in ("Ikeda", "Yui", "3/4/1990", "f"):
        hands.type(words)
        hands.press("Tab")
    hands.type("5125550147")
    hands.click(page.get_by_role("button", name="Register and go on"))
    page.locator("#booking-who", has_text="IKEDA, Yui").wait_for()
    hands.click(page.get_by_role("button", name="11:15 with Bell"))

    toast(page, "Yui Ikeda")
    assert start_of(Appointment.objects.get()) == "11:15"
    somebody = Patient.objects.get(family_name="Ikeda")
    assert (str(somebody.birth_date), somebody.gender) == ("1990-03-04", "female")
    assert hands.clicks <= 4


def test_what_was_written_before_somebody_new_was_entered_is_there_again(schedule, office):
    page = schedule()
    hands = Hands(page)

    hands.click(spot(page, office["bell"], "11:15"))
    page.get_by_label("Note for the desk").fill("First visit")
    page.get_by_role("combobox", name="Patient").focus()
    hands.type("ike")
    hands.click(page.get_by_role("option", name="+ New patient"))
    page.get_by_label("Family name").fill("Ikeda")
    page.get_by_label("Given name").fill("Yui")
    page.get_by_label("Birth date").fill("3/4/1990")
    hands.click(page.get_by_role("button", name="Register and go on"))
    page.locator("#booking-who", has_text="IKEDA, Yui").wait_for()
    hands.click(page.get_by_role("button", name="11:15 with Bell"))

    toast(page, "Yui Ikeda")
    assert Appointment.objects.get().note == "First visit"
    assert hands.clicks <= 4


def test_the_first_free_time_of_a_patient_takes_three_clicks(open_page, colleague, office):
    patient = office["rosa"]
    page = open_page(f"/patients/{patient.pk}/", client=colleague(office["location"]))
    hands = Hands(page)

    hands.click(page.get_by_role("link", name="Find a time"))
    hands.click(page.locator("#found-times .chip").first)
    page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
    hands.click(page.get_by_role("button", name="Book", exact=False).and_(page.locator(".grow")))

    toast(page, "Rosa Delgado")
    assert Appointment.objects.get().patient == patient
    assert hands.clicks <= 3


# ---- moving and canceling


def test_moving_takes_one_drag(schedule, office, booked):
    visit = booked("09:00")
    page = schedule()
    hands = Hands(page)

    hands.drag(page.locator(".appt", has_text="Haddad"), spot(page, office["osei"], "10:30"))

    toast(page, "Yusuf Haddad")
    assert start_of(visit) == "10:30"
    assert hands.clicks <= 1


def test_moving_without_a_drag_takes_three_clicks(schedule, booked):
    visit = booked("09:00")
    page = schedule()
    hands = Hands(page)

    hands.click(page.locator(".appt", has_text="Haddad"))
    hands.click(page.get_by_role("link", name="Move…"))
    hands.click(
        page.get_by_role("group", name="Move to the first opening").get_by_role("button").first
    )

    toast(page, "Yusuf Haddad")
    assert start_of(visit) != "09:00"
    assert hands.clicks <= 3


def test_somebody_who_calls_and_wants_to_come_sooner_takes_three_clicks(
    open_page, colleague, office, booked
):
    visit = booked("14:00", patient=office["rosa"])
    was = visit.starts_at
    page = open_page("/today/", client=colleague(office["location"]))
    hands = Hands(page)

    hands.press("Control+k")
    expect(page.locator("#palette-ask")).to_be_focused()
    hands.type("del,ros")
    page.locator("#palette-list").get_by_text("DELGADO, Rosa").wait_for()
    hands.press("Enter")
    hands.click(page.locator("[aria-labelledby=planned-title] li a").first)
    hands.click(page.get_by_role("link", name="Move…"))
    hands.click(
        page.get_by_role("group", name="Move to the first opening").get_by_role("button").first
    )

    toast(page, "Rosa Delgado")
    visit.refresh_from_db()
    assert visit.starts_at < was
    assert (hands.clicks <= 3, hands.keys <= 9) == (True, True)


def test_canceling_with_its_reason_takes_four_clicks(schedule, booked):
    visit = booked("09:00")
    page = schedule()
    hands = Hands(page)

    hands.click(page.locator(".appt", has_text="Haddad"))
    hands.click(page.get_by_role("link", name="Cancel…"))
    hands.click(page.locator("#cancel-form .chip").first)

    toast(page, "Yusuf Haddad")
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert visit.cancel_reason
    assert hands.clicks <= 4


@pytest.mark.parametrize("way", ["click", "Control+z"])
def test_undoing_takes_one_click_or_one_key(schedule, booked, way):
    visit = booked("09:00")
    page = schedule()
    page.locator(".appt", has_text="Haddad").click()
    page.get_by_role("link", name="Cancel…").click()
    page.locator("#cancel-form .chip").first.click()
    page.locator(".appt", has_text="Haddad").wait_for(state="detached")
    hands = Hands(page)

    if way == "click":
        hands.click(page.locator(".toast-u").get_by_role("button", name="Undo"))
    else:
        hands.press(way)
    page.locator(".appt", has_text="Haddad").wait_for()

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert hands.clicks + hands.keys == 1


# ---- the way through the office


def test_each_step_through_the_office_takes_one_click(today, office, booked):
    visit = booked("09:30", patient=office["rosa"], day=MONDAY)
    page = today()
    row = page.locator(f"#visit-{visit.pk}")

    for label, status, step in (
        ("Arrived", "arrived", "arrived"),
        ("Room", "checked-in", "roomed"),
        ("Checkout", "fulfilled", "ready-to-leave"),
        ("Done", "fulfilled", "left"),
    ):
        hands = Hands(page)
        hands.click(row.get_by_role("button", name=f"{label} "))
        row.get_by_role("button", name=f"{label} ").wait_for(state="detached")
        visit.refresh_from_db()
        latest = visit.encounter.events.order_by("-pk").first()
        assert (visit.status, latest.code) == (status, step)
        assert hands.clicks <= 1


def test_marking_arrived_takes_one_key_on_the_focused_row(today, office, booked):
    visit = booked("09:30", patient=office["rosa"], day=MONDAY)
    page = today()
    page.locator(f"#who-{visit.pk}").focus()
    hands = Hands(page)

    hands.press("a")
    toast(page, "Rosa Delgado")

    visit.refresh_from_db()
    assert (visit.status, hands.clicks, hands.keys) == ("arrived", 0, 1)


def test_the_list_of_the_phone_has_the_same_one_click(today, office, booked):
    visit = booked("09:30", patient=office["rosa"], day=MONDAY)
    page = today("/schedule/?view=list", width=390)
    hands = Hands(page)

    hands.click(page.locator(f"#r-{visit.pk}").get_by_role("button", name="Arrived"))
    toast(page, "Rosa Delgado")

    visit.refresh_from_db()
    assert (visit.status, hands.clicks) == ("arrived", 1)


def test_a_walk_in_takes_three_clicks(today, office):
    page = today()
    hands = Hands(page)

    hands.click(page.get_by_role("link", name="Walk-in"))
    pick(hands, "delg", "DELGADO, Rosa")
    hands.click(page.get_by_role("button", name="Walk in now").and_(page.locator(".grow")))

    toast(page, "Rosa Delgado")
    visit = Appointment.objects.get()
    assert (visit.status, visit.is_walk_in) == ("arrived", True)
    assert hands.clicks <= 3


def test_somebody_at_the_desk_who_is_expected_later_arrives_with_three_clicks(
    today, office, booked
):
    visit = booked("14:05", patient=office["rosa"], day=MONDAY)
    page = today(width=390)
    hands = Hands(page)

    hands.press("w")
    pick(hands, "delg", "DELGADO, Rosa")
    hands.click(page.get_by_role("button", name="Mark that visit arrived"))

    toast(page, "Rosa Delgado")
    expect(page.locator("#shell > #drawer")).to_be_hidden()
    visit.refresh_from_db()
    assert (visit.status, Appointment.objects.count()) == ("arrived", 1)
    assert hands.clicks <= 3


def test_a_walk_in_takes_no_mouse_and_ten_keys(today, office):
    page = today()
    hands = Hands(page)

    hands.press("w")
    expect(page.get_by_role("combobox", name="Patient")).to_be_focused()
    hands.type("delg")
    page.get_by_role("option", name="DELGADO, Rosa").wait_for()
    hands.press("Enter")
    hands.press("Control+Enter")

    toast(page, "Rosa Delgado")
    assert Appointment.objects.get().status == "arrived"
    assert (hands.clicks, hands.keys <= 10) == (0, True)


def test_printing_the_day_takes_two_clicks(today, office, booked):
    booked("09:30", patient=office["rosa"], day=MONDAY)
    page = today()
    page.context.add_init_script("window.print = () => { window.wasPrinted = true }")
    hands = Hands(page)

    hands.click(page.get_by_role("link", name="Print the day sheet"))
    hands.click(page.get_by_role("button", name="Print"))

    assert page.evaluate("window.wasPrinted") is True
    assert page.get_by_text("Delgado, Rosa").count() == 1
    assert hands.clicks <= 2
