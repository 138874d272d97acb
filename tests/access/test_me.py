"""What one sets for oneself: looks, place; the palette; the way back; the start page."""

import pytest
from django.test import Client

from access.models import User
from kernel import homes, panels, subjects, undo
from kernel.acts import act
from kernel.models import AuditEvent
from kernel.panels import NewItem
from kernel.refusals import Refusal
from kernel.subjects import Hit
from office import queries
from office.models import Location
from office.roles import Role
from tests.factories import LocationFactory, UserFactory, actor_of

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


@pytest.fixture
def privacy(signed_in, location, elsewhere):
    return signed_in(Role.PRIVACY, location)


# ---- looks ----


def test_a_choice_is_kept_in_the_browser_and_with_the_person(privacy):
    answer = privacy.post("/me/preferences", {"theme": "dark"}, headers=HX)

    assert answer.status_code == 204
    assert answer.cookies["theme"].value == "dark"
    assert User.objects.get(pk=privacy.user.pk).preferences == {"theme": "dark"}
    assert 'data-theme="dark"' in privacy.get("/").content.decode()


def test_another_browser_of_the_same_person_begins_with_it(privacy):
    privacy.post("/me/preferences", {"density": "compact"}, headers=HX)
    other = Client()
    other.cookies["sessionid"] = privacy.cookies["sessionid"].value

    assert 'data-density="compact"' in other.get("/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"theme": "pink"}, {"theme": "dark", "rail": "wide"}, {"is_active": "0"}]
)
def test_what_is_no_choice_is_refused(privacy, sent):
    assert privacy.post("/me/preferences", sent, headers=HX).status_code == 422
    assert User.objects.get(pk=privacy.user.pk).preferences == {}


def test_without_scripts_one_comes_back_to_the_page(privacy):
    answer = privacy.post(
        "/me/preferences",
        {"theme": "dark"},
        headers={"Referer": "http://testserver/account/security/"},
    )

    assert answer["Location"] == "http://testserver/account/security/"


def test_nobody_comes_back_to_another_site(privacy):
    answer = privacy.post("/me/preferences", {"theme": "dark", "next": "https://elsewhere.example"})

    assert answer["Location"] == "/"


# ---- place ----


def place_shown(client):
    return client.get("/").context["topbar"][0].context["place"]


def test_one_begins_where_one_may_work(privacy, location):
    assert place_shown(privacy) == location


def test_one_chooses_another_place(signed_in, location):
    other = LocationFactory(name="Mill Street")
    client = signed_in(Role.PRIVACY, location, other)

    client.post("/me/place", {"location": other.pk})

    assert place_shown(client) == other
    assert User.objects.get(pk=client.user.pk).preferences["place"] == str(other.pk)


def test_the_last_place_is_remembered_for_a_new_browser(signed_in, location):
    other = LocationFactory(name="Mill Street")
    client = signed_in(Role.PRIVACY, location, other)
    client.post("/me/place", {"location": other.pk})

    del client.cookies["place"]

    assert place_shown(client) == other


def test_a_place_where_one_does_not_work_cannot_be_chosen(privacy, location, elsewhere):
    assert privacy.post("/me/place", {"location": elsewhere.pk}).status_code == 404
    assert privacy.post("/me/place", {"location": "nonsense"}).status_code == 422

    privacy.cookies["place"] = str(elsewhere.pk)
    assert place_shown(privacy) == location


def test_a_retired_place_is_no_place(signed_in, location):
    other = LocationFactory(name="Mill Street")
    client = signed_in(Role.PRIVACY, location, other)
    client.post("/me/place", {"location": other.pk})

    Location.objects.filter(pk=other.pk).update(is_active=False)
    queries.forget_configuration()

    assert place_shown(client) == location


def test_who_works_nowhere_sees_no_place(signed_in, location):
    client = signed_in(Role.PRIVACY)

    assert client.get("/").status_code == 200
    assert all(filled.name != "place" for filled in client.get("/").context["topbar"])


# ---- the palette ----


class Cupboards:
    """A kind of thing that only these tests have."""

    kind = "tests.cupboard"
    name = "Cupboard"
    icon = "door"

    def __init__(self, *found):
        self.found = found

    def labels(self, ids, actor):
        return {}

    def url(self, subject_id):
        return "/"

    def search(self, text, actor, limit):
        return [Hit(self.kind, each.pk, each.name, "", "/cupboard/", "door") for each in self.found]


@pytest.fixture
def cupboards(location):
    subjects.register(Cupboards(location))
    yield
    subjects._kinds.pop("tests.cupboard")


def test_things_pages_and_beginnings_are_found_in_groups(privacy, cupboards, location):
    page = privacy.post("/palette", {"q": "pass"}, headers=HX).content.decode()

    assert 'aria-label="Cupboards"' in page
    assert location.name in page
    assert 'aria-label="Go to"' in page
    assert 'role="option"' in page
    assert 'data-url="/account/security/"' in page


def test_what_was_shown_is_in_the_audit_trail_once(privacy, cupboards, location):
    for typed in ("har", "harb"):
        privacy.post("/palette", {"q": typed}, headers=HX)

    event = AuditEvent.objects.get(subject_kind="tests.cupboard")
    assert (event.outcome, event.subject_ids) == ("read", [location.pk])


def test_an_empty_field_offers_where_one_may_go(privacy, cupboards):
    page = privacy.post("/palette", {"q": ""}, headers=HX).content.decode()

    assert "Sign-in and security" in page
    assert "Cupboards" not in page


@pytest.mark.parametrize("typed", ["zzzz", "\x00\u202e", "x" * 5000, "'; drop table", "😀"])
def test_nothing_found_is_a_sentence(privacy, typed):
    answer = privacy.post("/palette", {"q": typed}, headers=HX)

    assert answer.status_code == 200


def test_what_one_may_not_begin_is_not_offered(privacy):
    item = NewItem("Lock the month", "lock", "home", permission="office.lock_period")
    panels.add_new(item)
    try:
        assert (
            "Lock the month"
            not in privacy.post("/palette", {"q": "lock"}, headers=HX).content.decode()
        )
        assert "Lock the month" not in privacy.get("/").content.decode()
    finally:
        panels._new.remove(item)


@pytest.mark.parametrize(
    ("role", "is_invited"), [(Role.FRONT_DESK, True), (Role.BILLER, True), (Role.HR, False)]
)
def test_only_who_may_find_patients_is_invited_to(signed_in, location, role, is_invited):
    client = signed_in(role, location)

    page = client.get("/palette").text
    nobody = client.post("/palette", {"q": "zzzz"}, headers=HX).text

    assert ("Find a patient" in page) is is_invited
    assert ('placeholder="smi,joh · 7/14/45"' in page) is is_invited
    assert ("birth date" in nobody) is is_invited
    assert "out today" not in page


def test_without_scripts_the_palette_is_a_page(privacy):
    assert "Find a patient, page or action" in privacy.get("/palette").content.decode()
    assert "Sign-in and security" in privacy.post("/palette", {"q": "pass"}).content.decode()


# ---- the way back ----


@act(permission=None)
def put_back(*, by, refuse=False):
    if refuse:
        raise Refusal("The shelf is full.")


@pytest.fixture
def cupboard_emptied():
    undo.reverses("tests.empty")(lambda *, by, at, refuse=False: put_back(by=by, refuse=refuse))
    yield lambda actor, **how: undo.offer("tests.empty", by=actor, **how)
    undo._reverses.pop("tests.empty")


@pytest.fixture
def me(privacy):
    return actor_of(privacy.user)


def test_one_takes_back_ones_own_act(privacy, me, cupboard_emptied):
    answer = privacy.post(f"/undo/{cupboard_emptied(me)}/", headers=HX)

    assert answer.status_code == 204
    assert AuditEvent.objects.filter(action="tests.put_back", actor_id=privacy.user.pk).exists()


def test_what_cannot_be_undone_says_why(privacy, me, cupboard_emptied):
    answer = privacy.post(f"/undo/{cupboard_emptied(me, refuse=True)}/", headers=HX)

    assert answer.status_code == 409
    assert "The shelf is full." in answer.content.decode()
    assert "toast-u--act" in answer.content.decode()


def test_nobody_undoes_what_somebody_else_did(privacy, cupboard_emptied, desk):
    answer = privacy.post(f"/undo/{cupboard_emptied(desk)}/", headers=HX)

    assert answer.status_code == 409
    assert not AuditEvent.objects.filter(action="tests.put_back").exists()


@pytest.mark.parametrize("token", ["made-up", "a:b:c", "😀"])
def test_an_invented_token_undoes_nothing(privacy, token):
    assert privacy.post(f"/undo/{token}/", headers=HX).status_code == 409


def test_without_scripts_the_reason_is_on_the_next_page(privacy):
    answer = privacy.post("/undo/made-up/", follow=True)

    assert "This can no longer be undone" in answer.content.decode()


# ---- the start page ----


def test_a_role_without_a_board_starts_with_what_it_may_open(privacy):
    answer = privacy.get("/")

    assert answer.status_code == 200
    assert "Where to go" in answer.content.decode()


def test_a_role_with_a_board_starts_there(privacy):
    offered = homes.Home("access.read_audit", "mfa_index", order=1)
    homes.offer(offered)
    try:
        assert privacy.get("/")["Location"] == "/account/security/"
    finally:
        homes._homes.remove(offered)


def test_a_person_without_any_role_is_told_whom_to_ask(client, signed_in, location):
    client = signed_in(UserFactory())

    assert client.get("/").status_code == 200
