"""The parts of every page in a real browser: open to everybody, at any width, in light and dark, without a pointer."""

import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from office.roles import Role
from tests.browsing import axe, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NIL = "00000000-0000-0000-0000-000000000000"
ABARA = '[data-appt^="22222222"]:not(.appt--ghost)'


@pytest.fixture
def gallery(open_page, signed_in, location):
    """The gallery as somebody of the desk sees it."""

    def opened(**options):
        return open_page("/gallery/", client=signed_in(Role.FRONT_DESK, location), **options)

    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_in_the_gallery_keeps_anybody_out(gallery, theme):
    page = gallery(theme=theme)

    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert axe(page) == []


def test_no_part_is_wider_than_the_window(gallery):
    page = gallery()

    wider = {}
    for width in [320, 390, 768, 1024, 1366, 1920]:
        page.set_viewport_size({"width": width, "height": 900})
        wider[width] = overflow(page)

    assert set(wider.values()) == {0}, wider


def test_colors_chosen_once_hold_on_the_next_page(gallery):
    page = gallery()

    page.click("[data-theme-toggle]")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_keys_help_opens_and_closes_without_a_pointer(gallery):
    page = gallery()

    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    expect(page.locator("#keys-list")).to_contain_text("Undo the last change")
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).to_be_hidden()


def test_single_letters_rest_in_fields_and_when_switched_off(gallery):
    page = gallery()

    page.locator("#id_fresh-mobile").press("?")
    expect(page.locator("#keys-help")).to_be_hidden()

    page.evaluate("document.activeElement.blur(); document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_hidden()


# ---- toasts ----


def toast(page, **detail):
    page.evaluate(
        "(detail) => document.body.dispatchEvent(new CustomEvent('toast', {bubbles: true, detail}))",
        detail,
    )


def test_undo_is_one_key_away_and_goes_to_its_address(gallery):
    page = gallery()
    page.route("**/undo/7", lambda route: route.fulfill(status=204))
    toast(page, text="Rosa Delgado moved to 12:45.", undo="/undo/7")

    with page.expect_request("**/undo/7") as asked:
        page.keyboard.press("Control+z")

    assert asked.value.method == "POST"
    assert asked.value.headers["x-csrftoken"]
    expect(page.locator("#toasts .toast-u")).to_have_count(0)


def test_a_closed_toast_keeps_its_undo_under_recent_changes(gallery):
    page = gallery()
    page.route("**/undo/8", lambda route: route.fulfill(status=204))
    toast(page, text="Zoe Dumas arrived 10:50.", undo="/undo/8")

    page.click("#toasts [data-toast-close]")
    page.click('[popovertarget="bell-menu"]')
    expect(page.locator("#recent")).to_contain_text("Zoe Dumas arrived 10:50.")
    with page.expect_request("**/undo/8"):
        page.click("#recent [data-undo]")
    expect(page.locator("#recent [data-undo]")).to_have_count(0)


def test_an_undo_that_is_refused_says_why_and_stays(gallery):
    page = gallery()
    said = '<div class="toast-u toast-u--act" data-toast><span class="toast-say">The slot was taken.</span></div>'
    page.route(
        "**/undo/9", lambda route: route.fulfill(status=409, content_type="text/html", body=said)
    )
    toast(page, text="Moved.", undo="/undo/9")

    page.keyboard.press("u")

    expect(page.locator("#toasts")).to_contain_text("The slot was taken.")


def test_a_problem_is_told_in_its_own_sentence(gallery):
    page = gallery()
    problem = json.dumps(
        {"title": "Too large", "detail": "A scan may have 20 MB, this one has 31."}
    )
    page.route(
        "**/scan",
        lambda route: route.fulfill(
            status=413, content_type="application/problem+json", body=problem
        ),
    )

    page.evaluate("htmx.ajax('POST', '/scan', {target: '#main', swap: 'none'})")

    expect(page.locator("#toasts")).to_contain_text("A scan may have 20 MB, this one has 31.")


# ---- the drawer, and what was typed ----

FORM = """<header><h2 id="drawer-title">New visit</h2><a href="/" data-close-drawer>Close</a></header>
<div class="in"><form id="book" method="post" action="/book" hx-post="/book" hx-target="#drawer">%s
<label>Note <input name="note" id="note" value="%s"></label></form></div>"""


TITLE = "#shell > #drawer #drawer-title"  # the gallery shows another drawer
OTHER = """<header><h2 id="drawer-title">Another visit</h2><a href="/" data-close-drawer>Close</a></header>"""


def answer(route):
    """As a view does it: the form, and when it was sent, refused with what was typed."""
    if route.request.method == "GET":
        return route.fulfill(content_type="text/html", body=FORM % ("", ""))
    typed = parse_qs(route.request.post_data)["note"][0]
    body = FORM % ('<p class="err">Taken.</p>', typed)
    return route.fulfill(status=422, content_type="text/html", body=body)


@pytest.fixture
def with_drawer(gallery):
    page = gallery()
    page.route("**/book", answer)
    page.locator('[popovertarget="bell-menu"]').focus()
    page.evaluate("htmx.ajax('GET', '/book', {target: '#drawer'})")
    page.wait_for_selector("#note")
    return page


def test_the_drawer_takes_the_focus_and_gives_it_back(with_drawer):
    page = with_drawer

    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#shell > #drawer")).to_be_hidden()
    expect(page.locator('[popovertarget="bell-menu"]')).to_be_focused()


def test_a_refused_form_keeps_what_was_typed_and_the_focus(with_drawer):
    page = with_drawer
    page.fill("#note", "Bring glucose log")

    page.keyboard.press("Control+Enter")

    expect(page.locator("#drawer .err")).to_have_text("Taken.")
    expect(page.locator("#note")).to_have_value("Bring glucose log")
    expect(page.locator("#note")).to_be_focused()


def test_a_drawer_closed_by_mistake_comes_back_as_it_was(with_drawer):
    page = with_drawer
    page.fill("#note", "Bring glucose log")
    page.keyboard.press("Escape")

    page.click("text=Bring it back")

    expect(page.locator("#note")).to_have_value("Bring glucose log")


def test_what_was_typed_is_not_lost_when_something_else_opens_in_its_place(with_drawer):
    page = with_drawer
    page.fill("#note", "Bring glucose log")
    page.route("**/other", lambda route: route.fulfill(body=OTHER, content_type="text/html"))
    page.evaluate("htmx.ajax('GET', '/other', {target: '#drawer'})")
    expect(page.locator(TITLE)).to_have_text("Another visit")

    page.click("text=Bring it back")

    expect(page.locator(TITLE)).to_have_text("New visit")
    expect(page.locator("#note")).to_have_value("Bring glucose log")


def test_the_answer_to_a_form_that_was_sent_puts_nothing_aside(with_drawer):
    page = with_drawer
    page.route("**/book", lambda route: route.fulfill(body=OTHER, content_type="text/html"))
    page.fill("#note", "Bring glucose log")

    page.keyboard.press("Control+Enter")

    expect(page.locator(TITLE)).to_have_text("Another visit")
    expect(page.locator("#toasts")).not_to_contain_text("Bring it back")


def test_a_late_answer_does_not_speak_into_another_drawer(with_drawer):
    page, held = with_drawer, []
    page.route("**/late", lambda route: held.append(route))
    page.route("**/other", lambda route: route.fulfill(body=OTHER, content_type="text/html"))
    page.evaluate("""() => { const region = document.createElement('div');
        Object.entries({'hx-post': '/late', 'hx-trigger': 'asked', 'hx-target': 'this'})
            .forEach(([name, value]) => region.setAttribute(name, value));
        document.querySelector('#shell > #drawer form').append(region);
        htmx.process(region);
        htmx.trigger(region, 'asked'); }""")
    page.wait_for_function("document.querySelector('#shell > #drawer .htmx-request')")
    page.evaluate("htmx.ajax('GET', '/other', {target: '#drawer'})")
    expect(page.locator(TITLE)).to_have_text("Another visit")

    with page.expect_response("**/late"):
        held[0].fulfill(body='<b id="gone" hx-swap-oob="true">Book</b>', content_type="text/html")

    page.wait_for_timeout(200)  # a console error fails the test
    expect(page.locator(TITLE)).to_have_text("Another visit")


def test_back_closes_the_drawer_and_stays_on_the_page(with_drawer):
    page = with_drawer
    page.fill("#note", "Bring glucose log")

    page.go_back()

    expect(page.locator("#shell > #drawer")).to_be_hidden()
    assert page.url.endswith("/gallery/")
    page.click("text=Bring it back")
    expect(page.locator("#note")).to_have_value("Bring glucose log")
    page.go_back()
    expect(page.locator("#shell > #drawer")).to_be_hidden()


def test_a_drawer_closed_by_hand_leaves_no_step_behind(with_drawer):
    page = with_drawer
    assert page.evaluate("history.state?.drawer")

    page.keyboard.press("Escape")

    page.wait_for_function("!history.state?.drawer")
    page.go_back()
    assert page.url == "about:blank"


def test_a_live_change_does_not_touch_a_form_somebody_types_in(with_drawer):
    page = with_drawer
    page.evaluate("""() => { const form = document.getElementById('book');
        Object.entries({'data-live': 'visits', 'hx-get': '/book', 'hx-trigger': 'live', 'hx-swap': 'morph'})
            .forEach(([name, value]) => form.parentElement.setAttribute(name, value));
        htmx.process(form.parentElement); }""")
    page.fill("#note", "Half a sen")
    page.locator("#note").blur()

    with page.expect_response("**/book") as answered:
        page.evaluate(
            "document.body.dispatchEvent(new CustomEvent('changed', {bubbles: true, detail: {topics: ['visits']}}))"
        )

    assert answered.value.request.headers["x-background"] == "1"
    page.wait_for_timeout(200)
    expect(page.locator("#note")).to_have_value("Half a sen")


# ---- the palette and the combobox ----


def people(route):
    """Three of today for nothing typed, two Smiths for their beginning."""
    asked = parse_qs(route.request.post_data, keep_blank_values=True)["q"][0]
    names = ["smith-john", "smith-joan"] if asked else ["adams", "baker", "clark"]
    option = '<div role="option" id="found-{0}" data-url="/gallery/?{0}">{0}</div>'
    route.fulfill(content_type="text/html", body="".join(option.format(name) for name in names))


def test_the_palette_finds_and_opens_without_a_pointer(gallery):
    page = gallery()
    page.route("**/palette", people)

    page.keyboard.press("Control+k")
    expect(page.locator("#palette-says")).to_have_text("3 found")
    page.keyboard.type("smi,jo")
    expect(page.locator("#palette-says")).to_have_text("2 found")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-ask")).to_have_attribute(
        "aria-activedescendant", "found-smith-joan"
    )
    page.keyboard.press("Enter")

    page.wait_for_url("**/gallery/?smith-joan")


def test_enter_typed_ahead_of_the_answer_opens_whom_was_asked_for(gallery):
    page = gallery()
    page.route("**/palette", people)
    page.keyboard.press("/")
    expect(page.locator("#palette-says")).to_have_text("3 found")

    page.keyboard.type("smi,joh")
    page.keyboard.press("Enter")

    page.wait_for_url("**/gallery/?smith-john")


def test_changing_the_text_of_a_combobox_drops_who_was_picked(gallery):
    page = gallery()
    options = '<div role="option" id="combo-7" data-value="7" data-text="Delgado, Rosa">DELGADO, Rosa</div>'
    page.route("**/find", lambda route: route.fulfill(content_type="text/html", body=options))
    page.evaluate(
        "document.querySelector('#combo-a').closest('[data-combobox]').dataset.url = '/find'"
    )
    field, hidden = page.locator("#combo-a"), page.locator('input[name="a"]')

    field.press_sequentially("del")
    expect(page.locator("#combo-a-list [role=option]")).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("Delgado, Rosa")
    expect(hidden).to_have_value("7")

    field.press("Backspace")
    expect(hidden).to_have_value("")


def test_nobody_found_is_said_although_somebody_new_is_offered(gallery):
    page = gallery()
    none = '<p class="hint combo-none">No patient found.</p>'
    new = '<div role="option" id="combo-new" data-create="/x">+ New patient</div>'
    page.route("**/find", lambda route: route.fulfill(content_type="text/html", body=none + new))
    page.evaluate(
        "document.querySelector('#combo-a').closest('[data-combobox]').dataset.url = '/find'"
    )

    page.locator("#combo-a").press_sequentially("qqzy")

    says = page.locator("[data-combobox]:has(#combo-a) [data-combo-says]")
    expect(says).to_have_text("No patient found.")


# ---- the day grid ----


@pytest.fixture
def grid(gallery):
    page = gallery()
    page.evaluate(f"""Object.assign(document.querySelector('[data-daygrid]').dataset,
        {{moveUrl: '/visits/{NIL}/move', resizeUrl: '/visits/{NIL}/resize', bookUrl: '/visits/book'}})""")
    page.route("**/visits/**", lambda route: route.fulfill(status=204))
    page.locator(".day-body [tabindex='0']").focus()
    return page


def label(page):
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )


def test_the_day_is_one_tab_stop_and_arrows_walk_it(grid):
    assert grid.locator(".day-body [tabindex='0'], .day-body .appt:not([tabindex])").count() == 1

    grid.keyboard.press("Home")
    assert "Lindgren" in label(grid)
    grid.keyboard.press("ArrowDown")
    assert label(grid) == "Osei, A, 8:30, free, 15 min"
    grid.keyboard.press("ArrowRight")
    assert label(grid) == "Kessler, D, 8:30, free, 15 min"


def test_enter_on_a_free_slot_asks_to_book_it(grid):
    grid.keyboard.press("Home")
    grid.keyboard.press("ArrowDown")

    with grid.expect_request("**/visits/book") as asked:
        grid.keyboard.press("Enter")

    assert asked.value.post_data == "column=osei&start=08%3A30"


def test_a_visit_moves_by_keys_alone(grid):
    grid.locator(ABARA).focus()

    grid.keyboard.press("m")
    grid.keyboard.press("ArrowUp")
    expect(grid.locator(".day > [role=status]")).to_have_text("8:30–8:45, Osei, A")
    with grid.expect_request("**/move") as asked:
        grid.keyboard.press("Enter")

    assert re.search("/visits/22222222-[-0]+/move$", asked.value.url)
    assert asked.value.post_data == "column=osei&start=08%3A30&version=1"


def test_dropping_on_somebody_elses_time_asks_and_never_sends(grid):
    sent = []
    grid.on(
        "request",
        lambda request: sent.append(request.url) if request.url.endswith("/move") else None,
    )
    grid.locator(ABARA).focus()
    grid.keyboard.press("m")
    for _ in range(3):
        grid.keyboard.press("ArrowDown")
    grid.keyboard.press("Enter")

    expect(grid.locator(".hintbox")).to_contain_text("Overlaps Donnelly, S. at 9:15.")
    expect(grid.locator(".hintbox button").first).to_be_focused()
    grid.keyboard.press("Escape")

    expect(grid.locator(".appt--ghost")).to_have_count(0)
    expect(grid.locator(ABARA)).to_be_focused()
    assert sent == []


def test_a_refused_move_puts_the_card_back_and_says_why(grid):
    said = '<b>Dr Osei leaves at 10:30.</b> <button class="chip" data-use="08:30">Use 8:30</button>'
    grid.route(
        "**/move", lambda route: route.fulfill(status=409, content_type="text/html", body=said)
    )
    grid.locator(ABARA).focus()
    grid.keyboard.press("m")
    grid.keyboard.press("ArrowDown")
    grid.keyboard.press("Enter")
    expect(grid.locator(".hintbox")).to_contain_text("Dr Osei leaves at 10:30.")

    with grid.expect_request("**/move") as again:
        grid.keyboard.press("Enter")  # the offered time has the focus

    assert "start=08%3A30" in again.value.post_data


def test_a_visit_is_dragged_and_its_edge_changes_its_length(grid):
    body = grid.locator(".day-body").bounding_box()
    minute = body["height"] / 180
    card = grid.locator(ABARA)
    card.scroll_into_view_if_needed()
    body, box = grid.locator(".day-body").bounding_box(), card.bounding_box()

    def drag(start, end):
        grid.mouse.move(box["x"] + 30, start)
        grid.mouse.down()
        grid.mouse.move(box["x"] + 34, end, steps=5)

    drag(box["y"] + 5, body["y"] + 30 * minute + 5)
    with grid.expect_request("**/move") as moved:
        grid.mouse.up()
    assert "start=08%3A30" in moved.value.post_data
    expect(grid.locator(".appt--ghost")).to_have_count(0)

    drag(box["y"] + box["height"] - 2, box["y"] + box["height"] + 15 * minute)
    with grid.expect_request("**/resize") as resized:
        grid.mouse.up()
    assert resized.value.post_data == "minutes=30&version=1"


# ---- nobody there ----


@pytest.fixture
def short_session(settings):
    settings.SESSION_IDLE_SECONDS = (
        34  # four seconds after the slack that idle.js leaves the server
    )


def test_an_empty_desk_is_warned_then_covered(gallery, short_session):
    page = gallery()

    expect(page.locator("#idle")).to_be_visible()
    expect(page.locator("#cover")).to_be_visible(timeout=8000)
    assert page.evaluate("document.getElementById('shell').inert")


def test_any_key_stays(gallery, short_session):
    page = gallery()
    page.route("**/me/alive", lambda route: route.fulfill(status=204))
    expect(page.locator("#idle")).to_be_visible()

    with page.expect_request("**/me/alive"):
        page.keyboard.press("x")

    expect(page.locator("#idle")).to_be_hidden()
