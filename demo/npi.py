"""Provider identifiers that pass the check and belong to nobody: none that begins with 2 has been given out."""

from staff.npi import has_check_digit

BLOCK = "2000000"


def invented(number: int) -> str:
    """The number-th NPI of the demo's block."""
    stem = f"{BLOCK}{number:02d}"
    return next(npi for digit in range(10) if has_check_digit(npi := f"{stem}{digit}"))
