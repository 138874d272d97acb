"""Start with a Python that is new enough. This file alone must be readable to older ones."""

import glob
import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 14)
NAMES = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)] + ["python3"]
PLACES = (
    ".venv/bin",
    "~/.pyenv/versions/3.1[1-4]*/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
)


def is_good(version: "tuple[int, ...]") -> bool:
    return OLDEST <= version[:2] <= NEWEST


def others() -> "list[str]":
    """Every other Python on this machine, nearest first."""
    named = [shutil.which(name) for name in NAMES]
    placed = [
        os.path.join(folder, name)
        for place in PLACES
        for folder in sorted(glob.glob(os.path.expanduser(place)))
        for name in NAMES
    ]
    return [python for python in named + placed if python and os.path.exists(python)]


def works(python: str) -> bool:
    """Found is not enough: version managers leave names that only complain."""
    question = "import sys, venv; print(sys.version_info[0], sys.version_info[1])"
    try:
        answer = subprocess.check_output([python, "-c", question], stderr=subprocess.DEVNULL)
        return is_good(tuple(int(part) for part in answer.split()))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return False


def start() -> "int | str":
    if os.name == "nt":
        return "Windows has no wheel of the broker. Install WSL2 (`wsl --install`) and start there."
    if is_good(sys.version_info[:2]):
        from launch.cli import main

        return main(sys.argv[1:])
    for python in others():
        if works(python):
            os.execv(python, [python, "-m", "launch", *sys.argv[1:]])
    return (
        f"Python 3.11 to 3.14 is needed and was not found; this one is {sys.version.split()[0]}. "
        "On Debian and Ubuntu: apt-get install -y python3 python3-venv"
    )


if __name__ == "__main__":
    sys.exit(start())
