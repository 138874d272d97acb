"""
The one-time code that lets whoever runs the machine, and nobody else on the network, claim a new office.

It stands in a file that only the machine's owner reads, is printed by `manage.py setup_code` and by the
launcher, and is gone with the first account. Sixty random bits: guessing needs no slowing down.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils.crypto import constant_time_compare

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that are mistaken for one another
GROUPS, LENGTH = 3, 4


def current() -> str:
    """The code of this office; made when it is first asked for."""
    path = _path()
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _make(path)


def fits(typed: str) -> bool:
    """Whether somebody typed the code; case, spaces and dashes do not matter."""
    code = _bare(current())  # empty while another process writes it, or when the disk was full
    return len(code) == GROUPS * LENGTH and constant_time_compare(_bare(typed), code)


def spend() -> None:
    """There is an account now: the code opens nothing any more."""
    _path().unlink(missing_ok=True)


def _make(path: Path) -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))
    code = "-".join(groups)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster: its code is the one
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(code + "\n")
    return code


def _bare(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _path() -> Path:
    return Path(settings.DATA_DIR) / "setup-code"
