"""The components: documented, shown in the gallery, and never with an undefined variable."""

import copy
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory

from kernel.actors import NOBODY, Actor, ActorKind
from kernel.gates import Finding, Remedy, Verdict
from kernel.looks import STATES

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted(path.name for path in (TEMPLATES / "components").glob("*.html"))
# Shown on every page by the shell, or only inside another one.
NOT_IN_GALLERY = {"toasts.html", "icon.html"}


class Undefined(str):
    """Django asks `string_if_invalid % name`; here that is an error, not a silence."""

    def __contains__(self, _part):
        return True

    def __mod__(self, name):
        raise NameError(f"undefined template variable: {name}")


@pytest.fixture(scope="module")
def strict():
    """The product's template engine, in which an undefined variable fails."""
    chosen = copy.deepcopy(settings.TEMPLATES[0])
    chosen.pop("BACKEND")
    chosen["OPTIONS"]["string_if_invalid"] = Undefined("%s")
    return DjangoTemplates({"NAME": "strict", **chosen})


@pytest.fixture
def request_of():
    def made(actor=NOBODY):
        request = RequestFactory().get("/gallery/")
        request.actor, request.standing, request.user, request.resolver_match = (
            actor,
            None,
            None,
            None,
        )
        return request

    return made


@pytest.fixture
def draw(strict, request_of):
    def drawn(name, context=None, actor=NOBODY):
        return strict.get_template(name).render(context or {}, request_of(actor))

    return drawn


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [NOBODY, Actor(ActorKind.STAFF, None, "Helen Marsh")], ids=str)
def test_the_gallery_defines_everything_it_shows(strict, request_of, practice, actor, monkeypatch):
    from office.views import gallery

    monkeypatch.setattr(gallery, "render", lambda request, name, context: (name, context))
    name, context = gallery.gallery(request_of(actor))

    page = strict.get_template(name).render(context, request_of(actor))

    assert page.count("data-appt=") == 4
    assert "Dr Whitfield’s state license expired" in page


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_component_begins_by_saying_what_it_takes(name):
    first = (TEMPLATES / "components" / name).read_text().splitlines()[0]

    assert first.startswith("{# ")
    assert first.endswith(" #}")


@pytest.mark.parametrize("name", sorted(set(COMPONENTS) - NOT_IN_GALLERY))
def test_each_component_is_shown_in_the_gallery_or_by_one_that_is(name):
    users = [
        *(TEMPLATES / "office").glob("*gallery*.html"),
        *(TEMPLATES / "components").glob("*.html"),
    ]
    shown = [path for path in users if f'"components/{name}"' in path.read_text()]
    of_the_shell = name in {"place_menu.html", "new_menu.html", "who_out.html"}

    assert shown or of_the_shell


def test_every_icon_that_is_drawn_is_in_the_sprite():
    known = set((Path(settings.BASE_DIR) / "static" / "icons.txt").read_text().split())
    root = Path(settings.BASE_DIR)
    drawn = {look.icon for look in STATES.values()}
    for path in TEMPLATES.rglob("*.html"):
        drawn |= set(re.findall(r'{% icon "([^"]+)"', path.read_text()))
    for path in root.glob("[a-z]*/**/*.py"):
        if path.parts[len(root.parts)] not in {"node_modules", "tests", "launch"}:
            drawn |= set(re.findall(r'\bicon(?:=|": )"([a-z0-9-]+)"', path.read_text()))

    assert drawn - known == set()


VERDICT = Verdict(
    "license-current", "License is current", "block",
    Finding("Dr Whitfield’s license expired.", (("Expired", "15 Nov"),), Remedy("Book Dr Osei", "/o")),
    override_permission="scheduling.override",
)  # fmt: skip


def test_a_verdict_of_the_gates_is_drawn_with_its_fact_and_its_way_out(draw):
    page = draw("components/verdicts.html", {"verdicts": [VERDICT]})

    assert "Dr Whitfield’s license expired." in page
    assert "<dt>Expired</dt><dd>15 Nov</dd>" in page
    assert 'href="/o"' in page
    assert "<textarea" not in page


def test_only_who_may_override_is_asked_why(draw):
    may = Actor.system("tests")
    asked = {"verdicts": [VERDICT], "verb": "Override and book", "signs": "as Helen Marsh"}

    assert 'name="override-license-current"' in draw(
        "components/verdicts.html", {**asked, "actor": may}
    )
    assert "<textarea" not in draw("components/verdicts.html", {**asked, "actor": NOBODY})


def test_a_name_can_not_write_markup(draw):
    page = draw("components/toast.html", {"toast": {"text": "<script>alert(1)</script>"}})

    assert "<script>" not in page


@pytest.mark.parametrize("status", [403, 404, 409, 422, 429, 500])
def test_an_error_page_has_a_sentence_and_a_way_on(draw, status):
    page = draw(f"errors/{status}.html")

    assert re.search(r'<p class="error-say">[A-Z][^<]{20,}</p>', page)
    assert 'class="btn btn-primary" href=' in page


@pytest.mark.django_db
def test_the_gallery_opens_by_its_address(client, practice):
    response = client.get("/gallery/")

    assert response.status_code == 200
    assert "«undefined" not in response.content.decode()
