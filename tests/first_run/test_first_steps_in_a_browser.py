"""From the empty house to a booked visit, as the person does it who has just installed the program."""

import pytest

from access.models import User
from first_run import code
from office.models import Closure, Location, Practice, Room
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType
from tests.browsing import axe, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "seven wet umbrellas"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


class Owner:
    """Whoever sets the office up: types, clicks, and sees that every page is readable."""

    def __init__(self, page):
        self.page = page
        self.findings = []

    def looks(self):
        """At the page as it is: light on the desk, dark on a phone."""
        for theme, width in (("light", 1366), ("dark", 390)):
            self.page.emulate_media(color_scheme=theme)
            self.page.set_viewport_size({"width": width, "height": 900})
            where = f"{self.page.url.split('/', 3)[3]} {theme} {width}"
            self.findings += [f"{where}: {finding}" for finding in axe(self.page)]
            if over := overflow(self.page):
                self.findings.append(f"{where}: {over} px too wide")
        self.page.set_viewport_size({"width": 320, "height": 900})
        if over := overflow(self.page):
            self.findings.append(f"{self.page.url}: {over} px too wide at 320")
        self.page.set_viewport_size({"width": 1366, "height": 900})

    def types(self, **fields):
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    def presses(self, name):
        self.page.get_by_role("button", name=name).click()

    def arrives(self, slug):
        self.page.wait_for_url(f"**/set-up/{slug}/")

    def claims(self):
        self.page.get_by_label("Code").fill(code.current())
        self.types(Your_name="Ian Cole", Password=PASSWORD, Password_again=PASSWORD)
        self.page.get_by_label("E-mail").fill("ian@example.org")
        self.presses("Make the account")
        self.arrives("practice")

    def names_the_practice(self):
        self.types(Name_of_the_practice="Cole Family Medicine")
        self.page.get_by_label("Time zone").select_option("America/Chicago")
        self.presses("Go on")
        self.arrives("location")

    def opens_a_location_every_day(self):
        self.types(Name_of_the_location="Main Street")
        for day in ("Saturday", "Sunday"):
            self.types(**{f"{day}_opens": "08:00", f"{day}_closes": "17:00"})
        self.presses("Go on")
        self.arrives("holidays")

    def closes_on_holidays(self):
        self.presses("Close on them")
        self.arrives("people")

    def enters_a_physician(self):
        self.types(First_name="Ann", Last_name="Osei")
        self.page.get_by_label("Patients are booked").check()
        self.page.get_by_label("E-mail").fill("ann@example.org")
        self.page.get_by_label("NPI").fill("1245319599")
        self.presses("Add this person")
        self.page.get_by_text("patients are booked", exact=False).last.wait_for()

    def registers_a_patient(self):
        self.page.goto("/patients/new/")
        for label, typed in (
            ("Family name or", "Delgado"),
            ("Given name optional", "Rosa"),
            ("Birth date", "3/5/1980"),
        ):
            self.page.get_by_role("textbox", name=label).fill(typed)
        self.presses("Register")
        self.page.wait_for_url("**/patients/*-*/")

    def books_the_first_time(self):
        self.page.goto("/schedule/")
        self.page.get_by_role("link", name="Find a time").click()
        self.page.locator("#found-times .chip", has_text="Osei").first.click()
        self.page.get_by_role("combobox", name="Patient").wait_for()
        self.page.keyboard.type("delg")
        self.page.get_by_role("option", name="DELGADO, Rosa").click()
        self.page.locator("#booking-who", has_text="DELGADO, Rosa").wait_for()
        self.presses("with Osei")
        self.page.locator(".toast-u", has_text="Rosa Delgado").wait_for()


@pytest.fixture
def owner(open_page):
    return Owner(open_page("/"))


def test_from_the_empty_house_to_a_booked_visit(owner):
    page = owner.page
    owner.arrives("account")
    owner.looks()
    owner.claims()
    owner.looks()
    owner.names_the_practice()
    owner.looks()
    owner.opens_a_location_every_day()
    owner.looks()
    owner.closes_on_holidays()
    owner.looks()
    owner.enters_a_physician()
    owner.looks()
    page.get_by_role("link", name="Go on").click()
    owner.arrives("rooms")
    owner.looks()
    owner.presses("Name these rooms")
    owner.arrives("visit-types")
    owner.looks()
    owner.presses("Take these")
    owner.arrives("availability")
    owner.looks()
    owner.presses("Set these hours")
    owner.arrives("open")
    owner.looks()
    owner.presses("Open the office")
    page.get_by_role("link", name="Schedule").first.wait_for()
    owner.registers_a_patient()
    owner.books_the_first_time()

    assert owner.findings == []
    visit = Appointment.objects.get()
    assert (visit.status, visit.location) == ("booked", Location.objects.get())
    assert visit.practitioner.family_name == "Osei"
    assert Patient.objects.get().family_name == "Delgado"
    assert Practice.objects.get().is_set_up
    assert (Room.objects.count(), AppointmentType.objects.count()) == (3, 7)
    assert Closure.objects.filter(is_holiday=True).exists()
    assert User.objects.filter(email="ann@example.org").exists()


def test_it_is_left_in_the_middle_and_taken_up_again_elsewhere(owner, open_page):
    owner.claims()
    owner.names_the_practice()
    owner.opens_a_location_every_day()
    owner.closes_on_holidays()
    owner.page.context.close()

    there = Owner(open_page("/"))
    there.page.get_by_label("E-mail").fill("ian@example.org")
    there.types(Password=PASSWORD)
    there.page.get_by_role("button", name="Sign in", exact=True).click()

    there.arrives("people")
    for back in ("holidays", "location"):
        there.page.get_by_role("link", name="Back").click()
        there.arrives(back)
    assert there.page.get_by_label("Name of the location").input_value() == "Main Street"
    assert there.page.get_by_label("Sunday closes").input_value() == "17:00"


def test_what_was_typed_stands_after_a_refusal(owner):
    owner.claims()
    owner.names_the_practice()
    owner.types(Name_of_the_location="Main Street", Monday_closes="07:00", Saturday_opens="09:00")
    owner.presses("Go on")

    alert = owner.page.get_by_role("alert")
    alert.wait_for()
    assert "Monday closes before it opens." in alert.inner_text()
    assert "Saturday needs both times, or none." in alert.inner_text()
    assert owner.page.get_by_label("Name of the location").input_value() == "Main Street"
    assert owner.page.get_by_label("Monday closes").input_value() == "07:00"
    assert axe(owner.page) == []
