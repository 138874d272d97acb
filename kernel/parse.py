"""Query strings: a value of the right kind, or a sentence that says what would be right."""

from datetime import date
from uuid import UUID

from kernel import clock
from kernel.refusals import Invalid

LARGEST = 10_000
LONGEST = 9  # digits; leading zeros count


def key(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"“{text[:40]}” is no id.", field=field) from None


def whole(text: str | None, field: str, default: int) -> int:
    if text is None:
        return default
    short = text.isascii() and text.isdigit() and len(text) <= LONGEST
    if not short or not 0 < int(text) <= LARGEST:
        raise Invalid("A whole number above 0 is wanted here.", field=field)
    return int(text)


def day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text[:40]}” is no date. Write 2026-11-16.", field=field) from None
    if not clock.reasonable(found):
        raise Invalid(f"The year {found.year} cannot be right.", field=field)
    return found
