"""The National Provider Identifier and its check digit (45 CFR 162.406; ISO 7812 Luhn over 80840 + NPI)."""

import re

from kernel.refusals import Invalid

PREFIX_SUM = 24  # what the constant prefix 80840 adds to the Luhn sum


def has_check_digit(npi: str) -> bool:
    """True for ten digits whose last one fits."""
    if not re.fullmatch(r"[12]\d{9}", npi):
        return False
    total = PREFIX_SUM
    for place, digit in enumerate(reversed(npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def checked_npi(npi: str) -> str:
    """
    The NPI without spaces.

    :raises Invalid: not ten digits, or the check digit does not fit
    """
    bare = re.sub(r"[\s-]", "", npi)
    if not re.fullmatch(r"\d{10}", bare):
        raise Invalid(f"An NPI has 10 digits, this one has {len(bare)}.", field="npi")
    if not has_check_digit(bare):
        raise Invalid(
            "The check digit does not fit: one of the digits of this NPI is mistyped.", field="npi"
        )
    return bare
