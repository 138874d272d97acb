"""Screens at which nobody signs in: a code that works once, one page, one location, and out at once."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from access import actions, throttle
from access.actions.devices import CodeNotKnown
from access.models import Device
from kernel import policy
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope
from office.roles import Role
from scheduling.actions import flow
from tests import factories
from tests.clock import at
from tests.test_route_matrix import address

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


def add(location, *, by=SYSTEM, when=None, shows="initials", name="Waiting room"):
    return actions.add_device(
        kind="queue-screen", name=name, location=location, shows=shows, by=by,
        at=when or timezone.now(),
    )  # fmt: skip


def type_code(client, code, **how):
    return client.post("/device/", {"code": code}, **how)


@pytest.fixture
def screen(location):
    """A browser on the wall that has been set up."""
    client = Client()
    _, code = add(location)
    assert type_code(client, code)["Location"] == "/device/queue/"
    return client


@pytest.fixture(autouse=True)
def _monday_morning(time_machine):
    time_machine.move_to(at("09:00"))


@pytest.fixture
def arrived(book, desk):
    """Somebody who has come for the visit at nine."""
    patient = factories.PatientFactory(family_name="Okafor", given_name="Chidi")
    return flow.arrive(appointment=book("09:00", patient=patient), by=desk, at=timezone.now())


def test_a_code_sets_the_machine_up_and_is_used_up(location):
    _, code = add(location)
    wall, other = Client(), Client()

    spelled = f"{code[:4]}-{code[4:]} ".lower()
    answer = type_code(wall, spelled)

    assert answer["Location"] == "/device/queue/"
    assert wall.get("/device/queue/").status_code == 200
    assert wall.get("/device/")["Location"] == "/device/queue/"  # after a power cut
    again = type_code(other, code)
    assert again.status_code == 422
    assert "used already" in again.content.decode()
    assert other.get("/device/queue/")["Location"] == "/device/"


def test_its_cookie_is_for_the_browser_alone_and_the_table_keeps_only_its_mark(screen):
    cookie = screen.cookies["device"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] > 300 * 24 * 3600
    assert cookie.value not in str(Device.objects.get().__dict__)


def test_a_code_lasts_ten_minutes(location):
    _, code = add(location, when=timezone.now() - timedelta(minutes=10, seconds=1))

    assert type_code(Client(), code).status_code == 422
    with pytest.raises(CodeNotKnown):
        actions.enroll_device(code=code, secret="x", by=SYSTEM, at=timezone.now())


def test_codes_cannot_be_guessed(location):
    client = Client()
    _, code = add(location)
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        spoofed = {"X-Forwarded-For": f"203.0.113.{n}"}
        assert type_code(client, f"AAAA{n:04}", headers=spoofed).status_code == 422

    assert type_code(client, code).status_code == 429
    assert type_code(Client(REMOTE_ADDR="198.51.100.7"), code).status_code == 302


def test_the_screen_shows_who_waits_and_never_a_name(screen, arrived):
    page = screen.get("/device/queue/").content.decode()

    assert "CO" in page
    assert re.search(r"<time[^>]*>9:0\d", page)  # the clock of the location, not of the server
    assert "Okafor" not in page
    assert "Chidi" not in page
    assert AuditEvent.objects.filter(
        outcome="read", actor_kind="device", subject_ids__contains=[arrived.patient_id]
    ).exists()


def test_where_the_office_wants_it_not_even_initials(location, arrived):
    client = Client()
    type_code(client, add(location, shows="times")[1])

    page = client.get("/device/queue/").content.decode()

    assert not re.search(r">\s*CO\s*<", page)
    assert re.search(r"\d{1,2}:\d\d [ap]m", page.split("Waiting")[1])


def test_who_is_called_reads_the_room(screen, arrived, location, desk):
    room = factories.RoomFactory(location=location, name="Room 3")
    flow.advance(appointment=arrived, step="room", by=desk, at=timezone.now(), room=room)

    page = screen.get("/device/queue/", headers={"HX-Request": "true"}).content.decode()

    called, waiting = page.split("Waiting")
    assert "Room 3" in called
    assert "CO" in called
    assert "CO" not in waiting


def test_a_screen_shows_its_own_location_only(elsewhere, arrived):
    client = Client()
    type_code(client, add(elsewhere)[1])

    assert "Nobody is waiting" in client.get("/device/queue/").content.decode()


def test_a_screen_opens_nothing_else(screen):
    opened = []
    for route in policy.routes():
        if route.policy.public or route.policy.device:
            continue
        for method in ("get", "post"):
            answer = getattr(screen, method)(address(route))
            if answer.status_code not in {301, 302, 401}:
                opened.append(f"{method} {route.pattern}: {answer.status_code}")
    assert opened == []


def test_a_person_s_session_does_not_open_the_screen_s_page(signed_in, location):
    client = signed_in(Role.MANAGER, location)

    assert client.get("/device/queue/")["Location"] == "/device/"


def test_an_ended_screen_is_out_at_its_next_question(screen, settings):
    settings.MEMO_SECONDS = 60
    assert screen.get("/device/queue/").status_code == 200

    actions.revoke_device(device=Device.objects.get(), by=SYSTEM, at=timezone.now())

    answer = screen.get("/device/queue/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/device/")
    assert screen.get("/device/queue/")["Location"] == "/device/"
    with pytest.raises(Invalid):
        actions.give_new_code(device=Device.objects.get(), by=SYSTEM, at=timezone.now())


def test_a_new_code_ends_what_the_machine_had(screen):
    actions.give_new_code(device=Device.objects.get(), by=SYSTEM, at=timezone.now())

    assert screen.get("/device/queue/")["Location"] == "/device/"


def test_only_who_may_and_only_where_they_work(location, elsewhere, manager):
    with pytest.raises(Forbidden):
        add(location, by=factories.actor(Role.FRONT_DESK, location))
    with pytest.raises(OutOfScope):
        add(elsewhere, by=manager)
    device, _ = add(location, by=manager)
    stranger = factories.actor(Role.MANAGER, elsewhere)
    with pytest.raises(OutOfScope):
        actions.revoke_device(device=device, by=stranger, at=timezone.now())
    assert device.enrolled_by_id == manager.id


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("device_code_expires", {"code_digest": "a"}),
        ("device_code_used_up", {"code_digest": "a", "secret_digest": "b", "code_expires_at": 1}),
        ("device_revoked_opens_nothing", {"secret_digest": "b", "revoked_at": 1}),
    ],
)
def test_the_database_itself_refuses(location, constraint, fields):
    now = timezone.now()
    with pytest.raises(IntegrityError, match=constraint):
        Device.objects.create(
            name="x", location=location,
            **{name: now if value == 1 else value for name, value in fields.items()},
        )  # fmt: skip


def test_two_machines_never_share_a_code_or_a_secret(location):
    Device.objects.create(name="x", location=location, secret_digest="a")

    with pytest.raises(IntegrityError, match="device_secret_once"):
        Device.objects.create(name="y", location=location, secret_digest="a")


def test_the_panel_adds_shows_the_code_once_and_ends(signed_in, location, elsewhere):
    client = signed_in(Role.MANAGER, location)
    add(elsewhere, name="Not ours")
    form = {
        "kind": "queue-screen",
        "location": str(location.pk),
        "name": "Left wall",
        "shows": "times",
    }
    page = client.post("/admin-panel/access/device/add/", form, follow=True).content.decode()
    code = re.search(r"type ([A-Z2-9]{4}-[A-Z2-9]{4})", page)[1]
    assert "Left wall" in page
    assert "Not ours" not in page

    wall = Client()
    assert type_code(wall, code)["Location"] == "/device/queue/"
    listed = client.get("/admin-panel/access/device/").content.decode()
    assert "Set up" in listed
    assert code not in listed
    device = Device.objects.get(name="Left wall")
    client.post(f"/admin-panel/access/device/{device.pk}/end/")
    assert wall.get("/device/queue/")["Location"] == "/device/"
