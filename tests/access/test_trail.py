"""The audit trail as a page: found by person, subject, act and day; and looking into it is looked at."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from kernel import subjects
from kernel.actors import Actor, ActorKind
from kernel.audit import record_denial, record_read
from kernel.models import AuditEvent
from kernel.subjects import Hit
from office.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def privacy(signed_in, location):
    return signed_in(Role.PRIVACY, location)


@pytest.fixture
def maria():
    return UserFactory(name="Maria Lopez", role=Role.FRONT_DESK)


def looked(user, about, page="patients:profile"):
    record_read(
        Actor(ActorKind.STAFF, user.pk, user.name), page=page, kind="patients.patient", ids=[about]
    )
    return AuditEvent.objects.latest("id")


def found(client, **asked):
    return [entry.action for entry in client.get("/audit/", asked).context["entries"]]


def test_it_is_found_by_person_subject_act_and_outcome(privacy, maria):
    patient, other = uuid4(), UserFactory(name="Tom Ash")
    looked(maria, patient, page="patients:profile")
    looked(other, uuid4(), page="patients:list")
    record_denial(
        Actor(ActorKind.STAFF, other.pk, "Tom Ash"), page="rules", reason="office.view_rules"
    )

    assert found(privacy, person=maria.pk) == ["patients:profile"]
    assert found(privacy, about=patient) == ["patients:profile"]
    assert found(privacy, action="rules") == ["rules"]
    assert found(privacy, outcome="denied") == ["rules"]
    assert len(found(privacy)) >= 3


def test_it_is_found_by_day_on_the_practices_clock(privacy, maria):
    event = looked(maria, uuid4())
    day = timezone.localtime(event.at, timezone.get_fixed_timezone(-300)).date()

    assert "patients:profile" in found(privacy, person=maria.pk, first=day, last=day)
    assert found(privacy, person=maria.pk, last=day - timedelta(days=2)) == []


def test_looking_into_it_is_looked_at(privacy, maria):
    privacy.get("/audit/", {"person": maria.pk})

    event = AuditEvent.objects.get(action="access.read_audit")
    assert event.actor_id == privacy.user.pk
    assert event.details == {"person": str(maria.pk)}


def test_a_long_trail_comes_in_pages_that_lose_nothing(privacy, maria):
    for _ in range(120):
        looked(maria, uuid4())

    seen, address = [], f"?person={maria.pk}"
    while address:
        page = privacy.get(f"/audit/{address}")
        seen += [entry.id for entry in page.context["entries"]]
        address = page.context["older"]

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_longer_page_costs_no_more_queries(privacy, maria, django_assert_max_num_queries):
    for _ in range(50):
        looked(maria, uuid4())

    with django_assert_max_num_queries(16):
        privacy.get("/audit/", {"person": maria.pk})


def test_names_are_shown_only_where_the_reader_may_know_them(privacy, maria):
    known, unknown = uuid4(), uuid4()

    class Patients:
        kind, name, icon = "tests.patient", "Patient", "user"

        def labels(self, ids, actor):
            return {each: "SMITH, John" for each in ids if each == known}

        def url(self, subject_id):
            return "/"

        def search(self, text, actor, limit):
            return [Hit(self.kind, known, "SMITH, John", "14 Jul 1962", "/", "user")]

    subjects.register(Patients())
    try:
        by = Actor(ActorKind.STAFF, maria.pk, maria.name)
        record_read(by, page="patients:list", kind="tests.patient", ids=[known, unknown])
        page = privacy.get("/audit/", {"person": maria.pk}).content.decode()
        options = privacy.post("/audit/find/", {"q": "smi"}).content.decode()
    finally:
        subjects._kinds.pop("tests.patient")

    assert f"SMITH, John, patient …{str(unknown)[-6:]}" in page
    assert f'data-value="{known}"' in options


def test_who_looked_at_one_subject(privacy, maria):
    patient = uuid4()
    looked(maria, patient)

    fragment = privacy.get(f"/audit/about/patients.patient/{patient}/").content.decode()

    assert "Maria Lopez" in fragment
    assert AuditEvent.objects.get(action="access.who_looked").details == {"about": str(patient)}


@pytest.mark.parametrize(
    "asked",
    [{"about": "x"}, {"person": "1"}, {"first": "soon"}, {"first": "2026-02-02", "last": "2026-01-01"},
     {"action": "tests.nothing"}, {"outcome": "maybe"}, {"before": "-1"}, {"first": "0000-01-01"}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(privacy, asked):
    assert privacy.get("/audit/", asked).status_code == 422


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FRONT_DESK, Role.PHYSICIAN, Role.HR])
def test_others_do_not_read_it(signed_in, location, role):
    client = signed_in(role, location)

    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/find/", {"q": "a"}).status_code == 403
    assert client.get(f"/audit/about/x/{uuid4()}/").status_code == 403
