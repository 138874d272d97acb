"""What a browser keeps when somebody has left, and what a laptop shows that was asleep."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from office.roles import Role
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "Quillfeather"
KEPT = """async () => ({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: window.caches ? await caches.keys() : [],
  workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
  state: JSON.stringify(history.state), name: window.name,
})"""


@pytest.fixture
def desk(signed_in, location):
    factories.PatientFactory(family_name=NAME, given_name="Ada", at=[location])
    return signed_in(Role.FRONT_DESK, location)


def looked_at(open_page, desk):
    """Found by the palette, opened, gone back from: as somebody at the desk would."""
    page = open_page("/patients/", client=desk, quiet=("events",))
    page.keyboard.press("Control+k")
    page.keyboard.type(NAME[:5].lower())
    page.get_by_role("option", name=re.compile(NAME, re.I)).first.click()
    expect(page.get_by_text(re.compile(NAME, re.I)).first).to_be_visible()
    return page


def test_nothing_of_a_patient_stays_in_the_browser(open_page, desk):
    page = looked_at(open_page, desk)
    assert NAME.lower() not in str(page.evaluate(KEPT)).lower()

    page.locator("form[data-sign-out]").first.evaluate("form => form.submit()")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    kept = page.evaluate(KEPT)
    assert NAME.lower() not in str(kept).lower()
    assert (kept["databases"], kept["caches"], kept["workers"]) == ([], [], 0)
    assert "session" not in kept["cookies"]
    page.go_back()
    page.wait_for_load_state("load")
    assert NAME.lower() not in page.content().lower()


def test_a_laptop_that_slept_shows_nothing_when_it_wakes(open_page, desk, settings):
    """The lid closes at the desk: no timer runs, and more than the idle limit later it opens somewhere else."""
    page = open_page("/patients/", client=desk, quiet=("events",))
    page.clock.install()
    page.reload()
    expect(page.locator("#cover")).to_be_hidden()
    session = desk.session
    session["seen_at"] -= settings.SESSION_IDLE_SECONDS + 60
    session.save()

    page.clock.fast_forward((settings.SESSION_IDLE_SECONDS + 60) * 1000)

    expect(page.locator("#cover")).to_be_visible()
    assert page.locator("#shell").evaluate("shell => shell.inert")
    answer = page.request.get("/patients/", headers={"X-Background": "1"}, max_redirects=0)
    assert answer.status == 302


def test_it_is_covered_before_the_first_timer_runs(open_page, desk, settings):
    """Looking at it again is enough; a timer may still be asleep for seconds."""
    page = open_page("/patients/", client=desk, quiet=("events",))
    page.clock.install()
    page.reload()
    now = datetime.now(UTC)
    page.clock.pause_at(now + timedelta(seconds=5))

    page.clock.set_system_time(now + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 60))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#cover")).to_be_visible()
