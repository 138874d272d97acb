"""The admin panel: configuration only, through acts, as the house's own rights say."""

import re
from datetime import date, time

import pytest
from django.contrib import admin
from django.urls import reverse

from access.models import LocationGrant, User
from kernel.models import AuditEvent, Job
from office import queries
from office.models import Closure, Location, OpeningHours, Practice, Room
from office.panel_admin import PanelAdmin
from office.roles import Role
from scheduling.models import AppointmentType, Availability
from tests.factories import (
    AppointmentTypeFactory,
    LocationFactory,
    PractitionerFactory,
    RoomFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

INLINE = "opening_hours"


@pytest.fixture
def boss(signed_in, location):
    return signed_in(Role.MANAGER, location)


@pytest.fixture
def root(signed_in, location):
    return signed_in(Role.ADMINISTRATOR, location)


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def no_rows(prefix=INLINE):
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


# ---- who may enter, and what ----


@pytest.mark.parametrize(
    "role", [Role.FRONT_DESK, Role.PHYSICIAN, Role.BILLER, Role.PRIVACY, Role.HR]
)
def test_whose_role_does_not_configure_does_not_enter(signed_in, location, role):
    client = signed_in(role, location)

    assert client.get("/admin-panel/").status_code == 403
    assert client.get(page("office_room_changelist")).status_code == 403


def test_every_page_is_one_of_the_house():
    assert all(isinstance(each, PanelAdmin) for each in admin.site._registry.values())
    assert {model._meta.label_lower for model in admin.site._registry} == {
        "office.practice", "office.location", "office.closure", "office.room", "office.device",
        "scheduling.appointmenttype", "scheduling.availability", "scheduling.availabilityexception",
        "scheduling.reminderrule", "communications.sendingsetting", "desk.checklisttemplate",
        "access.user", "access.device", "auth.group", "kernel.job",
    }  # fmt: skip


def test_a_manager_does_not_see_what_only_an_administrator_may(boss):
    assert "Roles" not in [
        word for word in boss.get("/admin-panel/").content.decode().split('"') if word == "Roles"
    ]
    assert boss.get(page("auth_group_changelist")).status_code == 403


@pytest.mark.parametrize("where", ["login", "logout", "password_change"])
def test_the_panel_has_no_door_of_its_own(boss, where):
    assert boss.get(f"/admin-panel/{where}/").status_code == 302


def test_only_the_panel_may_make_functions_of_text(boss):
    assert "'unsafe-eval'" in boss.get("/admin-panel/")["Content-Security-Policy"]
    assert "'unsafe-eval'" not in boss.get("/rules/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    "model", [model._meta.label_lower.replace(".", "_") for model in admin.site._registry]
)
def test_every_list_and_form_opens(root, model, location):
    RoomFactory(location=location)
    AppointmentTypeFactory()
    PractitionerFactory(available=location)
    assert root.get(page(f"{model}_changelist")).status_code in {200, 403}
    if model not in {"office_practice", "kernel_job"}:
        assert root.get(page(f"{model}_add")).status_code in {200, 403}


# ---- rooms: the plain case ----


def test_a_room_is_added_by_an_act_and_is_in_the_trail(boss, location):
    boss.post(
        page("office_room_add"),
        {"location": location.pk, "name": "Room 7", "kind": "exam", "is_active": "on"},
    )

    room = Room.objects.get()
    event = AuditEvent.objects.get(action="office.configure")
    assert (event.subject_kind, event.subject_ids) == ("office.room", [room.pk])
    assert event.actor_id == boss.user.pk


def test_what_changed_stands_in_the_trail_by_name_of_field(boss, location):
    room = RoomFactory(location=location, name="Room 7")

    boss.post(
        page("office_room_change", room.pk),
        {"location": location.pk, "name": "Room 8", "kind": "exam", "seen_version": "1"},
    )

    room.refresh_from_db()
    assert (room.name, room.is_active, room.version) == ("Room 8", False, 2)
    assert AuditEvent.objects.get(action="office.configure").details["changed"] == [
        "is_active",
        "name",
    ]


def test_an_old_page_changes_nothing_and_keeps_what_was_typed(boss, location):
    room = RoomFactory(location=location, name="Room 7")
    room.save_changes(name="Room 9")

    answer = boss.post(
        page("office_room_change", room.pk),
        {
            "location": location.pk,
            "name": "Room 8",
            "kind": "exam",
            "is_active": "on",
            "seen_version": "1",
        },
    )

    text = answer.content.decode()
    assert "Somebody else changed this" in text
    assert 'value="Room 8"' in text
    assert re.search(r'name="seen_version" value="2"', text)
    room.refresh_from_db()
    assert room.name == "Room 9"


def test_a_second_room_of_the_same_name_is_refused_in_words(boss, location):
    RoomFactory(location=location, name="Room 7")

    answer = boss.post(
        page("office_room_add"), {"location": location.pk, "name": "Room 7", "kind": "exam"}
    )

    assert "This location has a room of this name already." in answer.content.decode()
    assert Room.objects.count() == 1


def test_a_room_is_retired_never_removed(boss, location):
    room = RoomFactory(location=location)

    assert boss.post(page("office_room_delete", room.pk), {"post": "yes"}).status_code == 403
    assert Room.objects.exists()


# ---- locations and their hours ----


def test_a_new_location_is_one_where_its_maker_works(boss, practice):
    boss.post(
        page("office_location_add"),
        {"name": "Mill Street", "zone": "America/Chicago", "is_active": "on", **no_rows()},
    )

    made = Location.objects.get(name="Mill Street")
    assert LocationGrant.objects.filter(user=boss.user, content_object=made).exists()
    assert AuditEvent.objects.filter(action="office.add_location", subject_ids=[made.pk]).exists()


def test_a_zone_that_is_none_is_refused(boss):
    answer = boss.post(
        page("office_location_add"), {"name": "Mill", "zone": "Mars/Olympus", **no_rows()}
    )

    assert answer.status_code == 200
    assert not Location.objects.filter(name="Mill").exists()


def test_hours_are_added_changed_and_taken_away_with_their_location(boss):
    place = LocationFactory(name="Mill Street", hours=False)
    kept = OpeningHours.objects.create(location=place, weekday=0, opens=time(8), closes=time(17))
    gone = OpeningHours.objects.create(location=place, weekday=1, opens=time(8), closes=time(17))

    boss.post(
        page("office_location_change", place.pk),
        {
            "name": "Mill Street", "zone": place.zone, "is_active": "on", "seen_version": "1",
            "opening_hours-TOTAL_FORMS": "3", "opening_hours-INITIAL_FORMS": "2",
            "opening_hours-0-id": kept.pk, "opening_hours-0-location": place.pk, "opening_hours-0-weekday": "0",
            "opening_hours-0-opens": "09:00", "opening_hours-0-closes": "17:00", "opening_hours-0-seen_version": "1",
            "opening_hours-1-id": gone.pk, "opening_hours-1-location": place.pk, "opening_hours-1-weekday": "1",
            "opening_hours-1-opens": "08:00", "opening_hours-1-closes": "17:00", "opening_hours-1-DELETE": "on",
            "opening_hours-2-id": "", "opening_hours-2-location": place.pk, "opening_hours-2-weekday": "5",
            "opening_hours-2-opens": "10:00", "opening_hours-2-closes": "14:00",
        },
    )  # fmt: skip

    week = OpeningHours.objects.filter(location=place).order_by("weekday")
    assert [(row.weekday, row.opens, row.closes) for row in week] == [
        (0, time(9), time(17)),
        (5, time(10), time(14)),
    ]
    assert AuditEvent.objects.filter(action="office.remove", subject_ids=[gone.pk]).exists()


def test_hours_that_end_before_they_begin_are_refused_in_words(boss):
    place = LocationFactory(name="Mill Street", hours=False)

    answer = boss.post(
        page("office_location_change", place.pk),
        {
            "name": "Changed", "zone": place.zone, "is_active": "on", "seen_version": "1",
            "opening_hours-TOTAL_FORMS": "1", "opening_hours-INITIAL_FORMS": "0",
            "opening_hours-0-location": place.pk, "opening_hours-0-weekday": "5",
            "opening_hours-0-opens": "14:00", "opening_hours-0-closes": "10:00",
        },
    )  # fmt: skip

    assert "It closes before it opens." in answer.content.decode()
    place.refresh_from_db()
    assert place.name == "Mill Street"  # nothing half-written


def test_the_lock_date_is_for_those_who_may_lock(root, practice):
    answer = root.post(
        page("office_practice_change", practice.pk),
        {"name": practice.name, "zone": practice.zone, "late_after_minutes": "5", "waits_too_long_minutes": "20",
         "locked_through_date": "2026-10-31", "seen_version": "1"},
    )  # fmt: skip

    assert answer.status_code == 302
    assert Practice.objects.get().locked_through_date is None


# ---- closures ----


def test_the_holidays_of_a_year_are_added_once(boss, practice):
    url = page("office_closure_add_holidays")
    assert "Independence Day" in boss.get(url).content.decode()

    boss.post(url, {"year": "2026"})
    boss.post(url, {"year": "2026"})

    assert Closure.objects.filter(is_holiday=True, location=None).count() == 11
    assert Closure.objects.filter(first_date=date(2026, 7, 3), name="Independence Day").exists()
    events = AuditEvent.objects.filter(action="office.add_federal_holidays").order_by("id")
    assert [event.details["added"] for event in events] == [11, 0]


@pytest.mark.parametrize("year", ["", "1800", "99999", "soon"])
def test_a_year_that_makes_no_sense_is_refused(boss, year):
    answer = boss.post(page("office_closure_add_holidays"), {"year": year})

    assert answer.status_code == 422
    assert not Closure.objects.exists()


def test_a_closure_shuts_the_day_and_may_be_taken_away(boss, location):
    boss.post(
        page("office_closure_add"),
        {
            "name": "Snow",
            "first_date": "2026-11-17",
            "last_date": "2026-11-17",
            "location": location.pk,
        },
    )
    assert queries.closure_on(location.pk, date(2026, 11, 17)) == "Snow"

    boss.post(page("office_closure_delete", Closure.objects.get().pk), {"post": "yes"})

    assert queries.closure_on(location.pk, date(2026, 11, 17)) == ""
    assert AuditEvent.objects.filter(action="office.remove", outcome="done").exists()


# ---- the schedule's configuration ----


def test_a_visit_type_by_video_needs_no_room(boss):
    asked = {
        "name": "Video",
        "minutes": "20",
        "color": "#112233",
        "overbook_cap": "1",
        "is_telehealth": "on",
        "is_active": "on",
    }

    refused = boss.post(page("scheduling_appointmenttype_add"), {**asked, "room_kind": "exam"})
    assert "needs no room" in refused.content.decode()

    boss.post(page("scheduling_appointmenttype_add"), asked)
    assert AppointmentType.objects.get().is_telehealth


def test_availability_is_set_with_the_visit_types_it_is_for(boss, location):
    practitioner = PractitionerFactory()
    kind = AppointmentTypeFactory()

    boss.post(
        page("scheduling_availability_add"),
        {"practitioner": practitioner.pk, "location": location.pk, "weekday": "0", "starts": "08:00", "ends": "12:00",
         "valid_from": "2026-11-16", "allowed_types": [kind.pk]},
    )  # fmt: skip

    made = Availability.objects.get()
    assert list(made.allowed_types.all()) == [kind]
    assert AuditEvent.objects.get(action="scheduling.configure_schedule").subject_ids == [made.pk]


# ---- jobs ----


def test_jobs_are_only_looked_at(boss):
    job = Job.objects.create(kind="import", owner_id=boss.user.pk, owner_name="Helen")

    assert "Helen" in boss.get(page("kernel_job_changelist")).content.decode()
    assert boss.get(page("kernel_job_change", job.pk)).status_code == 200
    assert boss.post(page("kernel_job_change", job.pk), {"state": "done"}).status_code == 403
    assert boss.get(page("kernel_job_add")).status_code == 403


# ---- accounts ----


def test_an_account_is_made_with_roles_and_places(boss, location):
    boss.post(
        page("access_user_add"),
        {
            "name": "Maria Lopez",
            "email": "maria@example.org",
            "roles": [Role.FRONT_DESK],
            "locations": [location.pk],
        },
    )

    made = User.objects.get(email="maria@example.org")
    assert [group.name for group in made.groups.all()] == [Role.FRONT_DESK]
    assert LocationGrant.objects.filter(user=made, content_object=location).exists()
    assert not made.has_usable_password()


def test_an_account_is_changed_only_where_something_changed(boss, location):
    maria = UserFactory(
        role=Role.FRONT_DESK, at=[location], name="Maria", email="maria@example.org"
    )

    boss.post(
        page("access_user_change", maria.pk),
        {"name": "Maria Lopez", "email": "maria@example.org", "roles": [Role.FRONT_DESK], "locations": [location.pk],
         "seen_version": "1"},
    )  # fmt: skip

    maria.refresh_from_db()
    assert maria.name == "Maria Lopez"
    assert {event.action for event in AuditEvent.objects.all()} == {"access.change_user"}


def test_an_account_is_closed_and_opened_again(boss, location):
    maria = UserFactory(role=Role.FRONT_DESK, at=[location])

    assert "Close this account?" in boss.get(page("access_user_close", maria.pk)).content.decode()
    maria.refresh_from_db()
    assert maria.is_active  # a link that somebody is sent does nothing

    boss.post(page("access_user_close", maria.pk))
    maria.refresh_from_db()
    closed = maria.is_active

    boss.post(page("access_user_reopen", maria.pk))
    maria.refresh_from_db()
    assert (closed, maria.is_active) == (False, True)
