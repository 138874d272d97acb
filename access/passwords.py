"""Passwords that anybody would try first: made of the office's own words, or known from elsewhere."""

import hashlib
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from office import queries

OWN_WORDS = frozenset(
    {
        "medical",
        "office",
        "manager",
        "practice",
        "clinic",
        "doctor",
        "password",
        "welcome",
        "health",
    }
)
ENOUGH = 6  # letters that are left without those words
DIGEST = 40  # a SHA-1 in hex, as the list of breached passwords has them


class NotTheOffice:
    """“HarborLane2026!” is what somebody tries first who has read the sign at the door."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.casefold()
        for word in sorted(_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(re.sub(r"\W|\d", "", left)) < ENOUGH and left != password.casefold():
            raise ValidationError(
                "This password is little more than the name of the office.", code="office_words"
            )

    def get_help_text(self) -> str:
        return "Not the name of the office, with a number or without."


class NotBreached:
    """
    The whole list of passwords known from breaches, where the office has laid it down: nothing is asked outside.

    `BREACHED_PASSWORDS` names a file with one upper-case SHA-1 a line, sorted (`…:count` may follow); a line is
    found in about thirty looks, however long the file. Without it, the 20,000 most common ones are known.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if settings.BREACHED_PASSWORDS and _stands_in(Path(settings.BREACHED_PASSWORDS), password):
            raise ValidationError(
                "This password is known from a breach elsewhere. Take another one.", code="breached"
            )

    def get_help_text(self) -> str:
        return "Not one that was stolen elsewhere."


def _words() -> set[str]:
    names = [each.name for each in queries.own_locations()]
    if (practice := queries.practice()) is not None:
        names.append(practice.name)
    found = {word for name in names for word in re.split(r"\W+", name.casefold()) if len(word) > 2}
    return found | OWN_WORDS


def _stands_in(listed: Path, password: str) -> bool:
    """Binary search by bytes: from wherever one lands, the next whole line is read."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with listed.open("rb") as lines:
        low, high = 0, listed.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()
            line = lines.readline()[:DIGEST]
            if not line or line > wanted:
                high = middle
            elif line == wanted:
                return True
            else:
                low = middle + 1
        lines.seek(0)
        return lines.readline()[:DIGEST] == wanted
