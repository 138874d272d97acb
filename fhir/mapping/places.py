"""Organizations and locations of others: mentioned by records, never booked."""

from datetime import date

from fhir.mapping.common import address, one_line, phone, refs, required
from fhir.reading import Entry
from fhir.rows import Row
from fhir.values import dicts


def organization(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    place = next(dicts(it.get("address")), {})
    fields = {
        "name": required(it.get("name"), "name", 300),
        "phone": phone(it, 60),
        "address": address(place) if place else {},
    }
    return Row(entry, fields, refs(entry, part_of=(it.get("partOf"), ["Organization"])))


def location(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    place = it.get("address")
    fields = {
        "name": required(it.get("name"), "name", 200),
        "phone": phone(it, 60),
        "address": one_line(place) if isinstance(place, dict) else "",
        "is_active": it.get("status") != "inactive",
        "zone": zone,
    }
    named = refs(
        entry,
        organization=(it.get("managingOrganization"), ["Organization"]),
        part_of=(it.get("partOf"), ["Location"]),
    )
    return Row(entry, fields, named)
