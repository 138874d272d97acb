"""The first steps: from an empty house to the first bookable day."""

import re
import stat
import threading
from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.models import LocationGrant, User
from first_run import code
from first_run.actions import Claimed, claim_office
from kernel import clock, memo
from kernel.actors import Actor
from kernel.models import AuditEvent
from office.models import Closure, Location, OpeningHours, Practice, Room
from office.roles import Role
from scheduling.models import AppointmentType, Availability
from scheduling.queries.openings import find_openings
from staff.models import Employee, Practitioner
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "seven wet umbrellas"
NPI = "1245319599"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def owner(client):
    """Whoever has claimed the office, signed in."""
    claim(client)
    return client


@pytest.fixture
def placed(owner):
    """A practice with its first location."""
    post(owner, "practice", name="Harbor Medical", zone="America/New_York")
    post(owner, "location", **location())
    return owner


def claim(client, **typed):
    asked = {"code": code.current(), "name": "Ian Cole", "email": "ian@example.org", "password": PASSWORD,
             "again": PASSWORD, **typed}  # fmt: skip
    return client.post("/set-up/account/", asked)


def post(client, slug, **typed):
    return client.post(f"/set-up/{slug}/", typed)


def location(**changes):
    week = {f"opens_{day}": "08:00" for day in range(5)} | {
        f"closes_{day}": "17:00" for day in range(5)
    }
    return {"name": "Harbor Lane", "zone": "America/New_York", **week, **changes}


def person(**changes):
    return {"given_name": "Ann", "family_name": "Osei", "role": Role.PHYSICIAN, "email": "ann@example.org",
            "sees_patients": "on", "qualification": "MD", "npi": NPI, **changes}  # fmt: skip


# ---- claiming ----


def test_an_empty_house_leads_to_the_first_account(client):
    for path in ("/", "/sign-in/", "/set-up/"):
        assert client.get(path, follow=True).redirect_chain[-1][0] == "/set-up/account/"


def test_the_code_stands_in_a_file_only_its_owner_reads(settings):
    printed = StringIO()
    call_command("setup_code", stdout=printed)

    path = Path(settings.DATA_DIR) / "setup-code"
    assert printed.getvalue().strip() == path.read_text().strip() == code.current()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", code.current())


def test_the_code_makes_the_first_account_and_signs_in(client, settings):
    answer = claim(client)

    assert answer["Location"] == "/set-up/"
    made = User.objects.get()
    assert {group.name for group in made.groups.all()} == {Role.ADMINISTRATOR, Role.MANAGER}
    assert made.check_password(PASSWORD)
    assert client.get("/set-up/")["Location"] == "/set-up/practice/"
    assert AuditEvent.objects.filter(action="first_run.claim_office", outcome="done").exists()


def test_a_file_without_a_code_in_it_opens_nothing(settings):
    """Another process has made the file and not written it yet, or the disk was full."""
    (Path(settings.DATA_DIR) / "setup-code").write_text("")

    assert not code.fits("-")


@pytest.mark.django_db(transaction=True)
def test_the_code_is_spent(client, settings):
    claim(client)

    assert not (Path(settings.DATA_DIR) / "setup-code").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_it_at_once_one_does(client):
    given, together, outcomes = code.current(), threading.Barrier(2, timeout=5), []

    def somebody(name):
        together.wait()
        try:
            claim_office(
                code=given, name=name, email=f"{name}@example.org", password=PASSWORD, by=Actor.system("test"),
            )  # fmt: skip
            outcomes.append("made")
        except Claimed:
            outcomes.append("too late")
        finally:
            connection.close()

    both = [threading.Thread(target=somebody, args=[name]) for name in ("ian", "ben")]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(outcomes) == ["made", "too late"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA", "x" * 500, "'; drop table"])
def test_a_stranger_on_the_network_cannot_claim_it(client, typed):
    answer = claim(client, code=typed)

    assert answer.status_code == 422
    assert not User.objects.exists()
    assert PASSWORD not in answer.content.decode()


def test_how_the_code_is_typed_does_not_matter(client):
    assert claim(client, code=code.current().lower().replace("-", " ")).status_code == 302


def test_once_there_is_an_account_nobody_claims_it_again(owner):
    stranger = Client()

    assert stranger.get("/set-up/account/")["Location"] == "/set-up/"
    assert stranger.get("/set-up/")["Location"] == "/sign-in/"
    assert claim(stranger, email="other@example.org").status_code == 302
    assert User.objects.count() == 1


def test_the_command_has_no_code_then(owner):
    printed, said = StringIO(), StringIO()
    call_command("setup_code", stdout=printed, stderr=said)

    assert printed.getvalue() == ""
    assert "accounts already" in said.getvalue()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"password": "short", "again": "short"}, "12 characters"),
        ({"again": "another one here"}, "The two passwords differ."),
        ({"email": "no address"}, "valid email"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_about_the_account_is_said_and_the_rest_kept(client, typed, says):
    answer = claim(client, **typed)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not User.objects.exists()


# ---- the steps ----


def test_only_who_configures_takes_the_steps(owner, signed_in, location):
    other = Client()
    user = UserFactory(role=Role.FRONT_DESK, password=PASSWORD)
    other.post("/sign-in/", {"login": user.email, "password": PASSWORD})

    assert other.get("/set-up/practice/").status_code == 403
    assert other.post("/set-up/finish/").status_code == 403
    assert other.get("/set-up/")["Location"] == "/"


def test_the_practice_is_named(owner):
    assert (
        post(owner, "practice", name="Harbor Medical", zone="America/Chicago")["Location"]
        == "/set-up/location/"
    )

    practice = Practice.objects.get()
    assert (practice.name, practice.zone, practice.is_set_up) == (
        "Harbor Medical",
        "America/Chicago",
        False,
    )


def test_going_back_shows_what_was_typed_and_changes_it(placed):
    assert 'value="Harbor Medical"' in placed.get("/set-up/practice/").content.decode()
    assert 'value="08:00"' in placed.get("/set-up/location/").content.decode()

    post(placed, "practice", name="Harbor Health", zone="America/New_York")
    post(placed, "location", **location(name="Harbor Lane East", opens_5="09:00", closes_5="12:00"))

    assert Practice.objects.get().name == "Harbor Health"
    assert Location.objects.get().name == "Harbor Lane East"
    assert OpeningHours.objects.count() == 6


def test_the_first_location_opens_with_its_week_and_its_maker_works_there(placed):
    made = Location.objects.get()

    assert OpeningHours.objects.filter(location=made, opens=time(8), closes=time(17)).count() == 5
    assert LocationGrant.objects.filter(content_object=made, user=User.objects.get()).exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"closes_0": ""}, "Monday needs both times, or none."),
        ({"closes_0": "07:00"}, "Monday closes before it opens."),
        ({"name": ""}, "required"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        (
            {f"opens_{day}": "" for day in range(5)} | {f"closes_{day}": "" for day in range(5)},
            "at least one day",
        ),
    ],
)
def test_a_week_that_makes_no_sense_keeps_everything_typed(owner, typed, says):
    post(owner, "practice", name="Harbor Medical", zone="America/New_York")

    answer = post(owner, "location", **location(address="12 Harbor Lane", **typed))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert 'value="12 Harbor Lane"' in answer.content.decode()
    assert not OpeningHours.objects.exists()


def test_a_refused_week_leaves_no_half_location(owner):
    post(owner, "practice", name="Harbor Medical", zone="America/New_York")
    post(owner, "location", **location(closes_0="07:00"))

    assert not Location.objects.exists()


def test_later_steps_wait_for_the_location(owner):
    post(owner, "practice", name="Harbor Medical", zone="America/New_York")
    for slug in ("people", "rooms", "availability"):
        answer = owner.get(f"/set-up/{slug}/", follow=True)
        assert answer.redirect_chain[-1][0] == "/set-up/location/"
        assert "Enter your first location before this step." in answer.content.decode()


def test_the_holidays_of_two_years_are_closed_days(placed):
    this_year = clock.today(timezone.now(), "America/New_York").year
    post(placed, "holidays", years=[this_year, this_year + 1])

    assert Closure.objects.filter(is_holiday=True).count() >= 20
    assert post(placed, "holidays", years=[1999]).status_code == 422


def test_people_are_entered_one_after_the_other(placed):
    assert post(placed, "people", **person())["Location"] == "/set-up/people/"
    post(placed, "people", **person(given_name="Maria", family_name="Lopez", role=Role.FRONT_DESK, npi="",
                                    email="maria@example.org", sees_patients="", qualification=""))  # fmt: skip

    ann = Practitioner.objects.get()
    assert (ann.family_name, ann.npi, ann.is_bookable) == ("Osei", NPI, True)
    maria = User.objects.get(email="maria@example.org")
    assert [group.name for group in maria.groups.all()] == [Role.FRONT_DESK]
    assert LocationGrant.objects.filter(user=maria).count() == 1
    assert "signs in as maria@example.org" in placed.get("/set-up/people/").content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"npi": "1245319590"}, "check digit"),
        ({"npi": "123"}, "10 digits"),
        ({"email": "ian@example.org"}, "has an account already"),
        ({"family_name": "\u202e"}, "required"),
        ({"role": "Administrator"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_about_a_person_is_said_and_nothing_half_written(placed, typed, says):
    answer = post(placed, "people", **person(**typed))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Employee.objects.exists()
    assert User.objects.count() == 1


def test_a_taken_npi_takes_back_the_whole_person(placed):
    post(placed, "people", **person())

    answer = post(placed, "people", **person(given_name="Bo", email="bo@example.org"))

    assert answer.status_code == 422
    assert "Another practitioner has this NPI." in answer.content.decode()
    assert Employee.objects.count() == 1
    assert not User.objects.filter(email="bo@example.org").exists()


def rooms(*names):
    rows = {"rooms-TOTAL_FORMS": str(len(names)), "rooms-INITIAL_FORMS": "0"}
    for place, name in enumerate(names):
        rows |= {f"rooms-{place}-name": name, f"rooms-{place}-kind": "exam"}
    return rows


def test_rooms_are_named_and_empty_lines_left_out(placed):
    assert (
        post(placed, "rooms", **rooms("Exam 1", "", "Exam 2"))["Location"] == "/set-up/visit-types/"
    )

    assert sorted(room.name for room in Room.objects.all()) == ["Exam 1", "Exam 2"]


def test_a_room_named_twice_names_none(placed):
    answer = post(placed, "rooms", **rooms("Exam 1", "Exam 1"))

    assert answer.status_code == 422
    assert "has a room called Exam 1 already" in answer.content.decode()
    assert not Room.objects.exists()


def test_the_usual_visit_types_are_taken_with_own_minutes(placed):
    page = placed.get("/set-up/visit-types/")
    names = [use.label for use, _ in page.context["form"].lines]
    chosen = {"use_0": "on", "minutes_0": "50", "use_1": "on"}
    others = {f"minutes_{n}": "20" for n in range(1, len(names))}

    post(placed, "visit-types", **chosen, **others)

    kinds = {kind.name: kind.minutes for kind in AppointmentType.objects.all()}
    assert kinds == {names[0]: 50, names[1]: 20}
    again = placed.get("/set-up/visit-types/")
    assert names[0] not in [use.label for use, _ in again.context["form"].lines]


@pytest.mark.parametrize("minutes", ["", "0", "481", "soon"])
def test_minutes_that_make_no_sense_are_refused(placed, minutes):
    typed = {f"minutes_{n}": "20" for n in range(7)} | {"use_0": "on", "minutes_0": minutes}

    assert post(placed, "visit-types", **typed).status_code == 422
    assert not AppointmentType.objects.exists()


def week(practitioner, **changes):
    key = str(practitioner.pk)
    typed = {"weekdays": ["0", "2"], "starts": "08:00", "ends": "16:00", **changes}
    return {f"{key}-{name}": value for name, value in typed.items()}


def test_practitioners_get_their_weeks(placed):
    post(placed, "people", **person())
    ann = Practitioner.objects.get()

    assert post(placed, "availability", **week(ann))["Location"] == "/set-up/open/"

    assert [(row.weekday, row.ends) for row in Availability.objects.order_by("weekday")] == [
        (0, time(16)),
        (2, time(16)),
    ]
    assert "Every practitioner has hours." in placed.get("/set-up/availability/").content.decode()


def test_hours_that_end_before_they_begin_are_refused(placed):
    post(placed, "people", **person())
    ann = Practitioner.objects.get()

    answer = post(placed, "availability", **week(ann, ends="07:00"))

    assert answer.status_code == 422
    assert "The hours end before they begin." in answer.content.decode()
    assert not Availability.objects.exists()


def test_hours_are_cut_to_those_of_the_location(placed):
    place = Location.objects.get()
    OpeningHours.objects.filter(location=place, weekday=2).update(closes=time(12))
    OpeningHours.objects.create(location=place, weekday=2, opens=time(13), closes=time(15))
    post(placed, "people", **person())

    post(placed, "availability", **week(Practitioner.objects.get(), starts="09:00", ends="20:00"))

    assert list(Availability.objects.order_by("weekday", "starts").values_list("weekday", "starts", "ends")) == [
        (0, time(9), time(17)), (2, time(9), time(12)), (2, time(13), time(15)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"starts": "18:00", "ends": "20:00"}, "On Monday the location is closed at these hours."),
        ({"weekdays": ["6"]}, "Select a valid choice"),
        ({"starts": "soon"}, "Enter a valid time"),
    ],
)
def test_nobody_sees_patients_in_a_closed_house(placed, typed, says):
    post(placed, "people", **person())

    answer = post(placed, "availability", **week(Practitioner.objects.get(), **typed))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Availability.objects.exists()


# ---- leaving, coming back, opening ----


def test_one_comes_back_to_where_one_left(placed):
    placed.get("/set-up/rooms/")

    memo.forget_all()
    assert placed.get("/set-up/")["Location"] == "/set-up/rooms/"
    assert placed.get("/", follow=True).redirect_chain[-1][0] == "/set-up/rooms/"


def test_skipping_is_a_link_and_what_cannot_wait_has_none(placed):
    assert "Skip for now" in placed.get("/set-up/rooms/").content.decode()
    assert "Skip for now" not in placed.get("/set-up/location/").content.decode()


def test_the_last_page_says_what_is_missing(placed):
    page = placed.get("/set-up/open/")

    assert {step.slug: done for step, done in page.context["checks"]} == {
        "practice": True, "location": True, "holidays": False, "people": False, "rooms": False,
        "visit-types": False, "availability": False,
    }  # fmt: skip


def test_opening_leads_to_the_work_and_sends_the_letters(placed):
    post(placed, "people", **person())

    assert placed.post("/set-up/finish/", {"letters": "on"})["Location"] == "/"

    memo.forget_all()
    assert Practice.objects.get().is_set_up
    assert not placed.get("/").headers.get("Location", "").startswith("/set-up/")
    assert [letter.to for letter in mail.outbox] == [["ann@example.org"]]


def test_once_it_is_open_the_steps_are_over(placed):
    placed.post("/set-up/finish/")
    memo.forget_all()

    for path in ("/set-up/", "/set-up/practice/", "/set-up/people/"):
        assert placed.get(path)["Location"] == "/"
    assert post(placed, "practice", name="Another", zone="America/Chicago")["Location"] == "/"
    assert Practice.objects.get().name == "Harbor Medical"


def test_without_a_mail_server_the_page_says_where_the_letters_go(placed, settings):
    post(placed, "people", **person())
    assert "No mail server" not in placed.get("/set-up/open/").content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert "No mail server is named" in placed.get("/set-up/open/").content.decode()


def test_a_mail_server_that_is_away_keeps_nobody_from_opening(placed, settings):
    settings.EMAIL_BACKEND = "tests.first_run.test_wizard.Away"
    post(placed, "people", **person())

    answer = placed.post("/set-up/finish/", {"letters": "on"}, follow=True)

    assert Practice.objects.get().is_set_up
    assert "letters could not be sent" in answer.content.decode()


class Away:
    """A mail server that does not answer."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_a_house_without_a_location_does_not_open(owner):
    post(owner, "practice", name="Harbor Medical", zone="America/New_York")

    answer = owner.post("/set-up/finish/")

    assert answer.status_code == 422
    assert not Practice.objects.get().is_set_up


def test_a_step_that_is_none_is_not_there(owner):
    assert owner.get("/set-up/nothing/").status_code == 404
    assert owner.get("/set-up/finish/").status_code == 405


def test_the_whole_way_leads_to_a_time_that_can_be_booked(placed):
    post(placed, "people", **person())
    post(placed, "rooms", **rooms("Exam 1"))
    post(placed, "visit-types", use_1="on", **{f"minutes_{n}": "20" for n in range(7)})
    ann, kind, place = (
        Practitioner.objects.get(),
        AppointmentType.objects.get(),
        Location.objects.get(),
    )
    post(placed, "availability", **week(ann, weekdays=[str(day) for day in range(5)]))
    span = clock.days(date(2026, 11, 30), date(2026, 12, 4), place.zone)

    found = find_openings(appointment_type=kind, location=place, practitioners=[ann.pk], span=span)

    assert len(found) == 10
