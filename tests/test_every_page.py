"""Every page of the demo, opened by who works with it: whole, readable by everybody, never wider than its window."""

import pytest
from django.test import Client
from django.utils import timezone

from access import sessions
from access.models import User
from demo import seed
from desk.models import ChecklistRun
from kernel import policy
from kernel.actors import Actor
from patients.models import Patient
from scheduling.models import Appointment
from staff.models import Employee
from tests.browsing import axe, overflow

SMALL = seed.Size(patients=150, past_days=1, ahead_days=2)
ROLES = ("manager", "frontdesk", "physician", "nurse", "biller", "hr", "privacy", "admin")
# Where each role spends its day; the walk below finds the rest.
LOOKED_AT = {
    "frontdesk": [
        "/",
        "/schedule/",
        "/schedule/?view=list",
        "/patients/",
        "/patients/new/",
        "patient",
        "visit",
        "/tasks/",
        "/tasks/new/",
        "/checklists/",
        "checklist",
        "/checklists/history/",
        "/directory/",
    ],
    "manager": ["/home/", "/reports/", "/reports/wait/", "/staff/", "employee", "/rules/"],
    "physician": ["/my-day/"],
    "privacy": ["/audit/"],
    "admin": ["/", "/jobs/", "/import/fhir/"],
}
# Opened before anybody is signed in, by a machine, or to be printed.
NO_WAY_OUT = ("/sign-in/", "/device/", "/schedule/sheet/", "/directory/emergency/")


def write_demo():
    seed.make_practice(
        by=Actor.system("demo"), at=timezone.now(), size=SMALL, home="America/New_York"
    )


def client_of(role):
    client = Client()
    client.force_login(
        User.objects.get(email=f"{role}@demo.office"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    session = client.session
    sessions.begin(session)
    session.save()
    # Or the walk would look at the sign-in page again and again, and find nothing.
    assert client.get("/patients/").status_code in (200, 403)
    return client


@pytest.mark.django_db
def test_no_page_of_any_role_breaks_or_prints_what_it_does_not_know():
    write_demo()
    plain = [
        f"/{route.pattern}"
        for route in policy.routes()
        if "<" not in route.pattern
        and "(" not in route.pattern
        and not route.name.endswith("logout")
    ]
    broken, without_a_way_out = [], set()
    for role in ROLES:
        client = client_of(role)
        for path in plain:
            answer = client.get(path)
            body = b"" if answer.streaming else answer.content
            if answer.status_code >= 500 or "«undefined".encode() in body:
                broken.append(f"{role} {path}: {answer.status_code}")
            leads_out = b'action="/sign-out/"' in body or b'action="/admin-panel/logout/"' in body
            if answer.status_code == 200 and b"</html>" in body and not leads_out:
                without_a_way_out.add(path)
    assert broken == []
    assert [path for path in without_a_way_out if not path.startswith(NO_WAY_OUT)] == []


def address(place):
    """The page of something that is in the demo."""
    visit = Appointment.objects.filter(status="booked").order_by("starts_at", "pk").first()
    return {
        "patient": lambda: f"/patients/{Patient.objects.filter(appointments=visit).get().pk}/",
        "checklist": lambda: f"/checklists/{ChecklistRun.objects.order_by('-due_at').first().pk}/",
        "employee": lambda: f"/staff/{Employee.objects.order_by('family_name', 'pk').first().pk}/",
        "visit": lambda: f"/schedule/visits/{visit.pk}/",
    }.get(place, lambda: place)()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_its_window(open_page, theme):
    write_demo()
    findings = []
    for role, places in LOOKED_AT.items():
        client = client_of(role)
        for place in places:
            page = open_page(address(place), theme=theme, client=client, quiet=("events",))
            findings += [f"{role} {place}: {finding}" for finding in axe(page)]
            for width in (320, 768):
                page.set_viewport_size({"width": width, "height": 800})
                if over := overflow(page):
                    findings.append(f"{role} {place}: {over} px too wide at {width}")
            page.context.close()
    assert findings == []
