"""Which passwords are taken, and that no field is in the way of whoever keeps theirs in a manager (ASVS 6.2)."""

import hashlib
import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from launch.paths import ROOT
from tests.access.door import EMAIL, PASSWORD, is_in, letters, link_in, sign_in

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and "password" in (given.get("name") or ""):
            self.found.append(given)


def password_fields(client):
    client.post("/sign-in/forgotten/", {"email": EMAIL})
    anew = Client().get(link_in(letters()[-1]), follow=True)
    pages = [
        Client().get("/sign-in/"),
        client.get("/account/password/"),
        client.get("/account/again/"),
        anew,
    ]
    for page in pages:
        parser = Fields()
        parser.feed(page.content.decode())
        assert parser.found
        yield from parser.found


def test_password_fields_hide_it_and_let_managers_fill_it(client, helen):
    sign_in(client)

    for field in password_fields(client):
        assert field["type"] == "password"
        assert field["autocomplete"] in {"current-password", "new-password"}
        assert "maxlength" not in field
        assert not {"onpaste", "readonly"} & field.keys()


def test_nothing_of_ours_listens_to_pasting():
    sources = [*ROOT.glob("static/src/**/*.js"), *ROOT.glob("templates/**/*.html")]
    assert len(sources) > 100

    assert [
        each.name for each in sources if re.search(r"[\"']paste|onpaste", each.read_text())
    ] == []


@pytest.mark.parametrize(
    "new", ["four words that nobody else has put so " * 4, "ünïcödé 密碼 🔑 twelve"]
)
def test_long_passwords_of_any_letters_are_taken_whole(client, helen, new):
    new = new.strip()
    sign_in(client)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert sign_in(Client(), password=new[:-1]).status_code == 422
    assert sign_in(Client(), password=new.upper()).status_code == 422
    again = Client()
    sign_in(again, password=new)
    assert is_in(again)


@pytest.mark.parametrize(
    "password",
    ["HarborMedical2026!", "medical-office-manager", "Welcome2Harbor Group", "Elsewhere 12345"],
)
def test_the_office_s_own_words_are_no_password(location, elsewhere, password):
    with pytest.raises(ValidationError, match="name of the office"):
        validate_password(password)


@pytest.mark.parametrize("password", [PASSWORD, "harbor seals sing at dusk", "9472-1186-5530-27"])
def test_but_they_may_stand_in_one(location, password):
    validate_password(password)


@pytest.mark.parametrize("count", [1, 2, 3, 500])
def test_a_password_of_the_list_of_breaches_is_refused(settings, tmp_path, count):
    known = [f"somebody's password {n}" for n in range(count)]
    lines = sorted(
        hashlib.sha1(each.encode()).hexdigest().upper() + f":{n}" for n, each in enumerate(known)
    )
    listed = tmp_path / "breached"
    listed.write_text("\r\n".join(lines) + "\r\n")
    settings.BREACHED_PASSWORDS = str(listed)

    for each in known:
        with pytest.raises(ValidationError, match="breach"):
            validate_password(each)
    for n in range(20):
        validate_password(f"nobody's password {n}")


@pytest.mark.parametrize("common", ["1qaz2wsx3edc4rfv", "startfinding", "telechargement"])
def test_the_common_ones_are_known_without_a_list(common):
    with pytest.raises(ValidationError, match="too common"):
        validate_password(common)
