"""Telephone numbers: kept as they were given, compared by their digits, and told apart from impossible ones."""

from dataclasses import dataclass

import phonenumbers

from kernel import text

HOME_REGION = "US"
LONGEST = 40  # of the digits; E.164 has 15, an extension may follow


@dataclass(frozen=True)
class Phone:
    """What one typed, its digits as one would dial them at home, and whether such a number can exist."""

    given: str
    digits: str
    is_valid: bool


def read_phone(typed: str) -> Phone:
    """Read a number as dialed in the US; a foreign one keeps its country code in the digits."""
    given = text.clean(typed)
    try:
        number = phonenumbers.parse(given, HOME_REGION)
    except phonenumbers.NumberParseException:
        return Phone(given, text.digits(given)[:LONGEST], is_valid=False)
    digits = phonenumbers.national_significant_number(number)
    if number.country_code != phonenumbers.country_code_for_region(HOME_REGION):
        digits = f"{number.country_code}{digits}"
    return Phone(given, digits[:LONGEST], phonenumbers.is_valid_number(number))
