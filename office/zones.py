"""Time zones as people choose them."""

from functools import lru_cache

from kernel import clock

US_ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
]  # fmt: skip

Choices = list[tuple[str, list[tuple[str, str]]]]


@lru_cache(maxsize=1)
def zone_choices() -> Choices:
    """The zones of the United States first, then all others; chosen from a list, never spelled."""
    others = sorted(name for name in clock.zone_names() - set(US_ZONES) if "/" in name)
    return [
        ("United States", [(name, _words(name)) for name in US_ZONES]),
        ("All others", [(name, _words(name)) for name in others]),
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")
