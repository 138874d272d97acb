"""One line of a patient's timeline. Rooms above add theirs through the panel place `patient.timeline`."""

from dataclasses import dataclass
from datetime import datetime

PLACE = "patient.timeline"  # context(request, patient=…, upto=…, most=…) → {"items": list[Moment]}


@dataclass(frozen=True)
class Moment:
    """What happened to a patient, or will; drawn by components/timeline_item.html."""

    at: datetime
    date: str  # "2 Sep", of the place's wall clock
    icon: str
    title: str
    text: str = ""
    state: str = ""
    url: str = ""
    tone: str = ""
    amount: str = ""
    amount_tone: str = ""
    open: str = ""
    verb: str = ""
    verb_url: str = ""
    band: str = ""


@dataclass(frozen=True)
class Band:
    """The month above the lines of it."""

    band: str


def with_bands(moments: list[Moment], now: datetime) -> list[Moment | Band]:
    """Newest first; a band above what is to come and above each month."""
    lines: list[Moment | Band] = []
    for moment in sorted(moments, key=lambda each: each.at, reverse=True):
        month = f"{moment.at:%B}" if moment.at.year == now.year else f"{moment.at:%B %Y}"
        band = Band("Coming" if moment.at > now else month)
        if band not in lines:
            lines.append(band)
        lines.append(moment)
    return lines
