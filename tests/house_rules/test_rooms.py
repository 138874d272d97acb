"""A room that a reader of the code does not know is a room nobody checks."""

import tomllib

from kernel.rooms import ROOMS
from launch.paths import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]


def test_every_room_has_a_folder_and_is_read_by_the_layers():
    linter = SETTINGS["importlinter"]
    inside = next(each for each in linter["contracts"] if each["name"].startswith("Inside a room"))

    assert all((ROOT / room / "__init__.py").exists() for room in ROOMS)
    assert set(ROOMS) <= set(linter["root_packages"])
    assert set(ROOMS) - {"kernel", "demo"} == set(inside["containers"])


def test_every_room_stands_on_a_floor():
    floors = SETTINGS["importlinter"]["contracts"][0]["layers"]
    named = {name.strip("( )") for floor in floors for name in floor.split("|")}

    assert set(ROOMS) == named


def test_types_are_read_in_every_room():
    assert set(ROOMS) - {"demo", "first_run"} <= set(SETTINGS["mypy"]["files"])
