"""Files are sent one by one with a verdict each; the pages of the papers are readable by everybody, at any width."""

import pytest
from django.utils import timezone

from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.models import Document
from desk.safety import checking
from kernel.actors import Actor
from office.roles import Role
from tests.browsing import axe, overflow
from tests.desk.papers import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Actor.system("tests")


@pytest.fixture
def folder(settings, tmp_path, location):
    settings.DATA_DIR = tmp_path
    return keeping.add_folder(name="Policies", location=location, by=SYSTEM)


def test_each_file_gets_its_own_verdict(folder, signed_in, location, open_page, tmp_path):
    good, bad = tmp_path / "Hand washing.pdf", tmp_path / "photo.jpg"
    good.write_bytes(pdf())
    bad.write_text("<html><script>alert(1)</script>")
    page = open_page(
        "/documents/add/", client=signed_in(Role.FRONT_DESK, location), quiet=("events",)
    )

    page.set_input_files("#files", [str(good), str(bad)])
    page.get_by_role("button", name="Add them").press("Enter")
    page.locator("#verdicts a", has_text="Hand washing").wait_for(timeout=20_000)
    page.locator("#verdicts", has_text="It is a web page").wait_for(timeout=20_000)

    assert Document.objects.get().title == "Hand washing"
    page.locator("#verdicts a", has_text="Hand washing").click()
    leaf = page.locator(".leaves img").first
    leaf.wait_for()
    assert leaf.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 900
    findings = axe(page)
    for path in ("/documents/", "/documents/add/", page.url):
        page.goto(path)
        findings += axe(page)
        page.set_viewport_size({"width": 320, "height": 800})
        findings += [f"{path}: {overflow(page)} px too wide"] * (overflow(page) > 0)
        page.set_viewport_size({"width": 1366, "height": 900})
    assert findings == []


def test_a_paper_is_found_while_one_types(folder, signed_in, location, open_page):
    file = checking.check([pdf("needlestick")], "Exposure plan.pdf")
    actions.add_document(folder=folder, file=file, by=SYSTEM, at=timezone.now())
    page = open_page(
        "/documents/", client=signed_in(Role.NURSE, location), quiet=("events",), theme="dark"
    )

    page.keyboard.press("Tab")
    page.locator("#q").focus()
    page.keyboard.type("needlest")
    page.locator("#papers-title", has_text="Found").wait_for(timeout=10_000)

    assert page.locator(".papers li").count() == 1
    assert axe(page) == []
