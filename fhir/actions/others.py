"""Keepers of what others are: organizations, locations, practitioners and what they do there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fhir.actions.keeping import Keeper, Known, Pair
from fhir.rows import Row
from office.models import Location, Organization
from staff.models import Practitioner


class OrganizationKeeper(Keeper):
    kind = "Organization"
    model = Organization
    columns = ("name", "phone", "address")


class LocationKeeper(Keeper):
    """Locations of others: external, so that nobody is ever booked there."""

    kind = "Location"
    model = Location
    columns = ("name", "phone", "address", "is_active")
    own_refs = ("organization",)

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        return super().values(row, refs) | {"is_external": True}


class PractitionerKeeper(Keeper):
    """Practitioners of others: external and unbookable; the NPI is kept as given, right or wrong."""

    kind = "Practitioner"
    model = Practitioner
    columns = ("family_name", "given_name", "npi", "qualification")

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        return super().values(row, refs) | {"is_external": True, "is_bookable": False}


class RoleKeeper(Keeper):
    """
    A role has no row of its own: it tells for whom a practitioner works, and as what.

    Of several roles the first one counts, so that a second import changes nothing.
    """

    kind = "PractitionerRole"
    model = Practitioner

    def known(self, rows: Mapping[str, Row]) -> Mapping[str, Known | str]:
        refs = self.resolver.resolve(list(rows.values()))
        people = Practitioner.objects.in_bulk(
            [each["practitioner"] for each in refs.values() if "practitioner" in each]
        )
        found: dict[str, Known | str] = {}
        for row in rows.values():
            who = refs[row.key].get("practitioner")
            person = people.get(who) if who else None
            if person is not None and not person.is_external:
                found[row.id] = (
                    "It is about one of our own practitioners, who are kept under Staff."
                )
            elif person is not None:
                fingerprint = row.fingerprint if _says_nothing_new(row, person) else ""
                found[row.id] = Known(person.pk, fingerprint)
        return found

    def changed(self, row: Row, refs: Mapping[str, UUID], instance: Any) -> Any:
        instance.specialty = instance.specialty or row.fields["specialty"]
        instance.organization_id = instance.organization_id or refs.get("organization")
        instance.version, instance.updated_at = instance.version + 1, self.frame.at
        return instance

    def update(self, pairs: Sequence[Pair]) -> None:
        # One practitioner may have two roles in a batch; both are the same row.
        rows = {instance.pk: instance for _, instance in pairs}
        names = ["specialty", "organization", "version", "updated_at"]
        Practitioner.objects.bulk_update(rows.values(), names)


def _says_nothing_new(row: Row, person: Practitioner) -> bool:
    specialty = person.specialty or not row.fields["specialty"]
    organization = person.organization_id or "organization" not in row.refs
    return bool(specialty and organization)
