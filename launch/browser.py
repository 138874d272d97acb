"""A browser for the tests: found, or installed where that is one command as root."""

import os
import shutil
import subprocess
from pathlib import Path

from launch import documents
from launch.paths import Trouble, is_root
from launch.progress import run, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PACKAGES = ("chromium", "fonts-dejavu-core")
MEND = f"apt-get install -y --no-install-recommends {' '.join(PACKAGES)}"


def find() -> str | None:
    """`BROWSER_PATH`, or what the machine has."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        return given if Path(given).exists() else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return next((place for place in PLACES if Path(place).exists()), None)


def find_or_install() -> str | None:
    """Root on Debian gets what is missing, Pango too; elsewhere the sentence says what to type."""
    with step("browser") as now:
        missing = [
            *(() if find() else PACKAGES),
            *(() if documents.has_pango() else documents.PACKAGES),
        ]
        if missing and is_root() and shutil.which("apt-get"):
            now.remark = _install(missing)
        found = find()
        if not found:
            now.remark = f"none, so the browser tests are skipped. To run them: {MEND}"
        return found


def _install(packages: list[str]) -> str:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
    try:
        if (
            subprocess.run(["apt-cache", "policy", packages[0]], capture_output=True).stdout.count(
                b"://"
            )
            == 0
        ):
            run("apt-get", "update", "-qq", env=quiet)
        try:
            run(*command, env=quiet)
        except Trouble:  # the lists may name versions that are gone
            run("apt-get", "update", "-qq", env=quiet)
            run(*command, env=quiet)
    except Trouble as trouble:
        return f"not installed: {trouble}"
    return f"installed {' '.join(packages)}"
