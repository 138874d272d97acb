"""Those outside: entered, found, called, retired; and the emergency numbers on paper."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from desk.actions import parties as actions
from desk.models import Party
from desk.queries.parties import dial
from kernel import undo
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, StaleVersion
from office.roles import Role
from tests import factories
from tests.clock import at

HTMX = {"HX-Request": "true"}


@pytest.fixture
def enter(as_maria):
    """`enter("Bayside Laboratory", "lab")`."""

    def add(name="Bayside Laboratory", kind="lab", **more):
        return actions.add_party(
            name=name, kind=kind, **({"by": as_maria, "phone": "212 555 0113"} | more)
        )

    return add


@pytest.fixture
def maria_in(signed_in, maria):
    return signed_in(maria)


def url(name, *ids):
    return reverse(f"desk:{name}", args=ids)


def test_somebody_outside_is_entered_found_and_recorded(enter, as_maria):
    party = enter(contact="Ms. Ito")

    for words in ("bay", "lab bays", "ito", "laboratory"):
        assert list(Party.objects.visible_to(as_maria).matching(words)) == [party]
    assert not Party.objects.visible_to(as_maria).matching("side").exists()
    assert AuditEvent.objects.filter(action="desk.add_party", outcome="done").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "friend"}, "kind"),
        ({"kind": "emergency", "phone": ""}, "phone"),
        ({"name": "Twice"}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(enter, wrong, field):
    enter("Twice")
    with pytest.raises(Invalid) as refused:
        enter(**{"name": "Other"} | wrong)

    assert refused.value.field == field
    assert Party.objects.count() == 1


def test_what_is_not_known_is_a_mistake_of_the_program(enter, as_maria):
    party = enter()
    with pytest.raises(TypeError):
        enter("Other", retired_at=at("09:00"))
    with pytest.raises(TypeError):
        actions.change_party(party=party, version=1, retired_at=None, by=as_maria)


def test_a_change_is_found_by_its_new_name(enter, as_maria, location):
    party = enter()
    actions.change_party(
        party=party, version=1, name="Harbor Lab", locations=[location], by=as_maria
    )

    row = Party.objects.visible_to(as_maria).matching("harbor").get()
    assert list(row.locations.all()) == [location]
    with pytest.raises(StaleVersion):
        actions.change_party(party=party, version=1, name="Late", by=as_maria)


def test_retired_and_taken_back(enter, as_maria):
    party = enter()
    retired = actions.retire_party(party=party, by=as_maria, at=at("09:00"))
    assert not Party.objects.in_use().exists()
    with pytest.raises(actions.RetiredAlready):
        actions.retire_party(party=party, by=as_maria, at=at("09:00"))

    undo.take(retired.undo_token, by=as_maria)

    assert Party.objects.in_use().exists()
    with pytest.raises(actions.RetiredAlready):
        actions.restore_party(party=party, by=as_maria, at=at("09:00"))
    with pytest.raises(undo.CannotUndo):
        undo.take(retired.undo_token, by=as_maria)


def test_a_retired_name_may_be_entered_anew_and_then_not_restored(enter, as_maria):
    party = enter()
    actions.retire_party(party=party, by=as_maria, at=at("09:00"))
    enter()

    with pytest.raises(Invalid, match="already"):
        actions.restore_party(party=party, by=as_maria, at=at("09:00"))


def test_everybody_looks_up_and_not_everybody_enters(enter, location):
    enter()
    hr = factories.actor(Role.HR, location)

    assert Party.objects.visible_to(hr).exists()
    with pytest.raises(Forbidden):
        enter("Mine", by=hr)
    assert not Party.objects.visible_to(factories.actor_of(factories.UserFactory())).exists()


@pytest.mark.parametrize(
    ("phone", "dials"),
    [
        ("(212) 555-0100", "2125550100"),
        ("+1 212 555 0100", "+12125550100"),
        ("212-555-0100 ext. 4", "2125550100;ext=4"),
        ("911", "911"),
        ("ask at the desk", ""),
        ("", ""),
    ],
)
def test_what_a_phone_dials(phone, dials):
    assert dial(phone) == dials


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("party_kind_known", {"kind": "friend"}),
        ("party_is_named", {"name": ""}),
        ("party_emergency_has_phone", {"kind": "emergency", "phone": ""}),
    ],
)
def test_an_entry_is_whole(enter, constraint, wrong):
    enter()

    with pytest.raises(IntegrityError, match=constraint):
        Party.objects.update(**wrong)


def test_an_entry_stands_there_once(enter):
    enter()
    with pytest.raises(IntegrityError, match="party_once"), transaction.atomic():
        Party.objects.create(kind="lab", name="Bayside Laboratory")
    Party.objects.create(kind="vendor", name="Bayside Laboratory")


# Pages


def test_emergencies_come_first_and_can_be_called(maria_in, enter):
    enter()
    enter("Fire", "emergency", phone="911")

    page = maria_in.get(url("parties")).content.decode()

    assert page.index("Fire") < page.index("Bayside")
    assert 'href="tel:911"' in page


def test_the_directory_is_narrowed(maria_in, enter, location, elsewhere):
    enter("For all")
    enter("For us", locations=[location])
    enter("For them", locations=[elsewhere])
    gone = enter("Gone")
    actions.retire_party(party=gone, by=factories.actor(Role.MANAGER, location), at=at("09:00"))

    def shown(query):
        page = maria_in.get(f"{url('parties')}?{query}").content.decode()
        return [each for each in ("For all", "For us", "For them", "Gone") if each in page]

    assert shown("") == ["For all", "For us", "For them"]
    assert shown(f"location={location.pk}") == ["For all", "For us"]
    assert shown("retired=on") == ["Gone"]
    assert shown("q=them") == ["For them"]
    assert shown("kind=vendor") == []
    assert maria_in.get(f"{url('parties')}?kind=x&location=x&from=1").status_code == 200


def test_a_longer_directory_asks_no_more_questions(maria_in, enter, django_assert_max_num_queries):
    enter("One")
    maria_in.get(url("parties"))
    with django_assert_max_num_queries(30) as few:
        maria_in.get(url("parties"))
    count = len(few)
    for number in range(10):
        enter(f"Lab {number}")
    with django_assert_max_num_queries(count):
        maria_in.get(url("parties"))


def test_an_entry_through_its_forms(maria_in, location, enter):
    sent = {
        "name": "Corner Pharmacy",
        "kind": "pharmacy",
        "phone": "212 555 0135",
        "locations": [location.pk],
    }
    assert maria_in.post(url("add_party"), sent, headers=HTMX).status_code == 204
    party = Party.objects.get()
    assert maria_in.post(url("add_party"), sent, headers=HTMX).status_code == 422
    assert maria_in.post(url("add_party"), {"kind": "emergency"}, headers=HTMX).status_code == 422

    changed = {**sent, "name": "Corner Drugs", "version": 1}
    assert maria_in.post(url("change_party", party.pk), changed, headers=HTMX).status_code == 204
    assert maria_in.post(url("change_party", party.pk), changed, headers=HTMX).status_code == 409

    retired = maria_in.post(url("retire_party", party.pk), headers=HTMX)
    assert json.loads(retired["HX-Trigger"])["toast"]["undo"]
    assert maria_in.post(url("restore_party", party.pk), headers=HTMX).status_code == 204
    assert b"Corner Drugs" in maria_in.get(url("party", party.pk)).content


def test_the_emergency_sheet_has_those_of_the_location(maria_in, enter, location, elsewhere):
    enter("Fire", "emergency", phone="911")
    enter("Gate here", "emergency", locations=[location])
    enter("Gate there", "emergency", locations=[elsewhere])
    enter("Laboratory")

    page = maria_in.get(url("emergency_sheet")).content.decode()

    assert "Fire" in page
    assert "Gate here" in page
    assert "Gate there" not in page
    assert "Laboratory" not in page
    assert "printed by Maria Tully" in page


def test_who_does_not_keep_the_directory_reads_it_only(signed_in, location, enter):
    party = enter()
    hr = signed_in(Role.HR, location)

    assert b"New entry" not in hr.get(url("parties")).content
    assert hr.get(url("party", party.pk)).status_code == 200
    assert hr.get(url("add_party")).status_code == 403
    assert hr.post(url("retire_party", party.pk)).status_code == 403


def test_a_contact_is_found_in_the_palette_and_tasks_are_about_it(maria_in, enter, give):
    party = enter()
    give("Order tubes", about=("desk.party", party.pk))

    assert b"Bayside Laboratory" in maria_in.post("/palette", {"q": "bays"}, headers=HTMX).content
    assert b"Order tubes" in maria_in.get(url("party", party.pk)).content


def test_the_directory_over_the_api(maria_in, enter):
    party = enter()

    assert maria_in.get("/api/v1/parties/").json()["results"][0]["name"] == "Bayside Laboratory"
    assert maria_in.get(f"/api/v1/parties/{party.pk}/").json()["phone"] == "212 555 0113"
