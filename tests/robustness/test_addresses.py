"""What a form or an address carries and the house puts into addresses of its own. Each was a fault once."""

import pytest

from office.roles import Role
from tests import factories

NOWHERE = [
    "-1",
    "1e-400",
    "home",
    "//evil.example",
    "javascript:1",
    "https://evil.example/",
    "2026-W47-1",
]


@pytest.mark.parametrize("wanted", NOWHERE)
def test_a_word_that_is_no_address_leads_to_the_start(signed_in, location, wanted):
    client = signed_in(Role.FRONT_DESK, location)

    assert client.post("/undo/x/", {"next": wanted})["Location"] == "/"
    assert client.get("/account/second-step/", {"next": wanted})["Location"] == "/"


def test_an_address_of_the_house_is_kept(signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)

    answer = client.get("/account/second-step/", {"next": "/schedule/?day=2026-11-16"})

    assert answer["Location"] == "/schedule/?day=2026-11-16"


@pytest.mark.parametrize(
    "hold", ["true", "1e309", "<script>", "{01930000-0000-7000-8000-000000000000}"]
)
def test_a_hold_that_is_none_is_refused(signed_in, location, practitioner, hold):
    client = signed_in(Role.FRONT_DESK, location)

    answer = client.post("/schedule/new/book/", {"hold": hold, "location": str(location.pk)})

    assert answer.status_code in {409, 422}


def test_an_empty_name_of_a_field_is_none(signed_in, location):
    room = factories.RoomFactory(location=location)
    client = signed_in(Role.ADMINISTRATOR, location)

    answer = client.get(f"/admin-panel/office/room/{room.pk}/delete/", {"_to_field": ""})

    assert answer.status_code in {200, 302, 403}
