"""What is installed is what was chosen: every package of every lock by hash, and nobody's address in them."""

import json
import re

import pytest

from launch.paths import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_package_has_its_version_and_hashes(lock):
    packages = re.split(r"\n(?=\S)", lock.read_text().strip())

    assert packages
    for each in packages:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+ ", each), each[:60]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", each), each[:60]
    assert "://" not in lock.read_text()


def test_every_npm_package_has_its_integrity():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: each for name, each in packages.items() if name and not each.get("link")}

    assert fetched
    assert [
        name for name, each in fetched.items() if "sha512-" not in each.get("integrity", "")
    ] == []
    assert [name for name, each in fetched.items() if "resolved" in each] == []
