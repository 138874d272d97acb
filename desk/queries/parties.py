"""Those outside as their page shows them: by kind, emergencies first; and the numbers on paper."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse

from desk.models import Party
from desk.models.party import PartyKind
from kernel.actors import Actor
from office.models import Location

DIAL = re.compile(r"[^\d+*#,;]")
EXTENSION = re.compile(r"\s*(?:ext\.?|x)\s*", re.IGNORECASE)


def dial(phone: str) -> str:
    """What a phone dials: `(212) 555-0100 ext. 4` is `2125550100;ext=4`; empty where there is nothing to dial."""
    number, *extension = EXTENSION.split(phone, maxsplit=1)
    digits = DIAL.sub("", number)
    if len(digits) < 3:
        return ""
    more = DIAL.sub("", extension[0]) if extension else ""
    return f"{digits};ext={more}" if more else digits


@dataclass(frozen=True)
class Row:
    """One line of the directory."""

    id: UUID
    name: str
    kind: str
    is_emergency: bool
    contact: str
    phone: str
    dial: str
    other_phone: str
    other_dial: str
    fax: str
    email: str
    account: str
    places: str
    url: str


@dataclass(frozen=True)
class Listed:
    rows: list[Row]
    total: int


KIND_ORDER = Case(
    *[When(kind=kind, then=Value(place)) for place, kind in enumerate(PartyKind.values)],
    output_field=IntegerField(),
)
A_PAGE = 100


def in_order(found: QuerySet[Party]) -> QuerySet[Party]:
    """As the kinds are listed, emergencies first."""
    return found.order_by(KIND_ORDER, "name", "pk").prefetch_related("locations")


def directory(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    location: Location | None = None,
    retired: bool = False,
    first: int = 0,
) -> Listed:
    found = Party.objects.visible_to(actor).matching(text)
    found = found.exclude(retired_at=None) if retired else found.in_use()
    if kind:
        found = found.filter(kind=kind)
    if location is not None:
        found = found.for_location(location)
    page = list(in_order(found)[first : first + A_PAGE])
    return Listed([row(each) for each in page], found.count())


def row(party: Party) -> Row:
    places = ", ".join(sorted(each.code or each.name for each in party.locations.all()))
    return Row(
        party.pk, party.name, party.get_kind_display(), party.kind == PartyKind.EMERGENCY, party.contact,
        party.phone, dial(party.phone), party.other_phone, dial(party.other_phone), party.fax, party.email,
        party.account_number, places or "All", reverse("desk:party", args=[party.pk]),
    )  # fmt: skip


def emergency_sheet(actor: Actor, location: Location) -> list[Row]:
    """What hangs beside the phone of a location."""
    found = Party.objects.visible_to(actor).in_use().filter(kind=PartyKind.EMERGENCY)
    return [row(each) for each in in_order(found.for_location(location))]
