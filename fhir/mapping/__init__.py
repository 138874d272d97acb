"""FHIR R4 resources in the words of our tables: pure functions, no question to the database, no address fetched."""

from collections.abc import Callable, Mapping
from datetime import date

from fhir.mapping.people import patient, practitioner, practitioner_role, related_person
from fhir.mapping.places import location, organization
from fhir.mapping.visits import appointment, encounter
from fhir.reading import Entry
from fhir.rows import Row
from fhir.values import ID, Unmappable

# In the order in which they refer to each other.
MAPPERS: Mapping[str, Callable[[Entry, str, date], Row]] = {
    "Organization": organization,
    "Location": location,
    "Practitioner": practitioner,
    "PractitionerRole": practitioner_role,
    "Patient": patient,
    "RelatedPerson": related_person,
    "Encounter": encounter,
    "Appointment": appointment,
}


def map_entry(entry: Entry, zone: str, today: date) -> Row:
    """
    What we keep of a resource of a kind that we import.

    :param zone: of times that name none, and of locations elsewhere
    :raises Unmappable: with the reason
    """
    if not ID.fullmatch(entry.id):
        raise Unmappable("The resource has no id.")
    try:
        return MAPPERS[entry.kind](entry, zone, today)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise Unmappable("A value in it has the wrong shape.") from error
