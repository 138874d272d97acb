"""What the browser loads: whole, small, and nothing used that is not in it."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
DIST = STATIC / "dist"
TABLER = Path(settings.BASE_DIR) / "node_modules/@tabler/core/dist/css/tabler.min.css"
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")

built = pytest.mark.skipif(not DIST.exists(), reason="assets are not built; make test builds them")


def classes_used():
    """Every class a template of any room writes down, with one template that does."""
    used = {}
    for folder in [
        Path(settings.BASE_DIR) / "templates",
        *Path(settings.BASE_DIR).glob("*/templates"),
    ]:
        for path in folder.rglob("*.html"):
            if "admin" in path.relative_to(folder).parts:
                continue  # the panel has a style sheet of its own
            for value in re.findall(r'class="([^"]*)"', path.read_text()):
                for name in re.sub(r"{[{%].*?[%}]}", " ", value).split():
                    used.setdefault(name, path.name)
    return used


def listed(name):
    lines = (STATIC / name).read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


@built
@pytest.mark.parametrize(
    ("name", "limit_kb"),
    [("app.css", 40), ("app.js", 40), ("daygrid.js", 8), ("charts.js", 70), ("icons.svg", 16)],
)
def test_a_page_stays_light(name, limit_kb):
    packed = len(gzip.compress((DIST / name).read_bytes()))

    assert packed <= limit_kb * 1024


@built
def test_the_style_sheet_keeps_what_is_listed_of_tabler_and_leaves_the_rest():
    kept = set(CLASS.findall((DIST / "app.css").read_text()))

    assert listed("tabler.txt") <= kept
    assert not {"navbar", "modal", "carousel", "offcanvas"} & kept


@pytest.mark.skipif(not TABLER.exists(), reason="npm packages are not installed")
def test_no_template_relies_on_a_part_of_tabler_that_is_left_out():
    theirs = set(CLASS.findall(TABLER.read_text()))
    ours = set()
    for path in (STATIC / "src" / "css").rglob("*.css"):
        ours |= set(CLASS.findall(path.read_text()))

    missing = {
        name: where
        for name, where in classes_used().items()
        if name in theirs and name not in ours and name not in listed("tabler.txt")
    }

    assert missing == {}, "use a part of our own, or add the class to static/tabler.txt"


@built
def test_every_file_a_style_sheet_names_is_there():
    sheet = (DIST / "app.css").read_text()
    named = {name for name in re.findall(r'url\("?\./([^")]+)', sheet)}

    assert any(name.endswith(".woff2") for name in named)
    assert {name for name in named if not (DIST / name).exists()} == set()


@built
def test_licenses_of_what_is_served_stand_beside_it():
    text = (DIST / "licenses.txt").read_text()

    for name in [
        "@tabler/core",
        "@tabler/icons-sprite",
        "htmx.org",
        "idiomorph",
        "chart.js",
        "inter",
    ]:
        assert name in text


def test_no_template_has_a_script_or_a_handler_in_it():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=|javascript:|<style"
    )
    folders = [Path(settings.BASE_DIR) / "templates", *Path(settings.BASE_DIR).glob("*/templates")]
    found = [
        path.name
        for folder in folders
        for path in folder.rglob("*.html")
        if inline.search(path.read_text())
    ]

    assert found == []
