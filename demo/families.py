"""What hangs on a patient: where the household lives, how it is reached, and who is whose mother."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from demo import names, zones
from demo.copying import copy_objects
from demo.names import Heritage
from demo.places import Places
from kernel.text import digits, search_key
from patients.models import ContactPoint, Patient, PatientAddress, PatientLocation, RelatedPerson

ADULT = 18
GENERATION = 16  # years between a parent and a child, at least
TOWNS = {
    "lane": ("Harborview", "10999"),
    "hill": ("Beacon Hill", "10998"),
    "west": ("Westbrook", "60999"),
}
AREAS = {"lane": (212, 646, 917), "hill": (212, 718, 347), "west": (312, 773, 872)}
KIN = {  # what the other one is to the patient: by the other's gender
    "spouse": ("wife", "husband", "spouse"),
    "parent": ("mother", "father", "parent"),
    "child": ("daughter", "son", "child"),
    "grandparent": ("grandmother", "grandfather", "grandparent"),
}
STRANGERS = ("sister", "brother", "friend", "neighbor", "daughter", "son", "caregiver")


@dataclass
class Household:
    """People who share a roof and mostly a name; adults first."""

    heritage: Heritage
    site: str
    line: str
    home_phone: str
    family_name: str
    members: list[Patient] = field(default_factory=list)


def make_families(households: list[Household], places: Places, today: date, chance: Random) -> None:
    copy_objects(list(_known_at(households, places)))
    copy_objects(list(_contacts(households, chance)))
    copy_objects(list(_addresses(households, places)))
    copy_objects(list(_relatives(households, today, chance)))


def age(patient: Patient, today: date) -> int:
    born = patient.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _known_at(households: list[Household], places: Places) -> Iterator[PatientLocation]:
    for household in households:
        location = getattr(places, household.site)
        for member in household.members:
            yield PatientLocation(patient=member, location=location)


def _contacts(households: list[Household], chance: Random) -> Iterator[ContactPoint]:
    for household in households:
        for place, member in enumerate(household.members):
            yield from _contacts_of(member, household, place, chance)


def _contacts_of(
    member: Patient, household: Household, place: int, chance: Random
) -> Iterator[ContactPoint]:
    """Everybody can be reached: by a mobile of their own, or by the household's phone."""
    number = names.phone(chance, chance.choice(AREAS[household.site]))
    mobile = place < 2 and number != household.home_phone and chance.random() < 0.9
    if mobile:
        yield _phone(member, "mobile", number, 1, chance)
    if not mobile or chance.random() < 0.35:
        yield _phone(member, "home", household.home_phone, 2 if mobile else 1, chance)
    if place < 2 and chance.random() < 0.7:
        letters = search_key(f"{member.given_name} {member.family_name}").replace(" ", ".")
        local = letters if letters.isascii() else f"patient{chance.randrange(10**5)}"
        yield ContactPoint(
            patient=member,
            system="email",
            value=f"{local}{chance.randrange(100)}@{chance.choice(names.MAILBOXES)}",
            is_verified=chance.random() < 0.5,
        )


def _phone(member: Patient, use: str, number: str, rank: int, chance: Random) -> ContactPoint:
    return ContactPoint(
        patient=member,
        system="phone",
        use=use,
        value=number,
        digits=digits(number),
        rank=rank,
        is_verified=chance.random() < 0.6,
    )


def _addresses(households: list[Household], places: Places) -> Iterator[PatientAddress]:
    for household in households:
        town, postal_code = TOWNS[household.site]
        location = getattr(places, household.site)
        for member in household.members:
            yield PatientAddress(
                patient=member,
                line=household.line,
                city=town,
                state=zones.state(location.zone),
                postal_code=postal_code,
            )


# ---- kin


def _relatives(households: list[Household], today: date, chance: Random) -> Iterator[RelatedPerson]:
    for household in households:
        for member in household.members:
            kin = list(_kin(member, household, today))
            yield from kin
            if not kin and chance.random() < 0.6:
                yield _stranger(member, household, chance)


def _kin(member: Patient, household: Household, today: date) -> Iterator[RelatedPerson]:
    """Only those who matter at a desk: spouses, parents of children, children of the old."""
    emergency = True
    for other in household.members:
        if word := _relation(member, other, household, today):
            yield RelatedPerson(
                patient=member,
                other_patient=other,
                relationship=word,
                family_name=other.family_name,
                given_name=other.given_name,
                phone=household.home_phone,
                is_emergency_contact=emergency,
            )
            emergency = False


def _relation(member: Patient, other: Patient, household: Household, today: date) -> str:
    if other is member:
        return ""
    gap = age(other, today) - age(member, today)
    couple = household.members[:2] if gap in range(-GENERATION, GENERATION) else []
    if member in couple and other in couple and age(member, today) >= ADULT:
        return _word("spouse", other)
    if age(member, today) < ADULT + 3 and age(other, today) >= ADULT and gap >= GENERATION:
        return _word("parent" if other in household.members[:2] else "grandparent", other)
    if gap <= -GENERATION and member in household.members[:2] and age(other, today) < ADULT + 3:
        return _word("child", other)
    return ""


def _word(kind: str, other: Patient) -> str:
    she, he, they = KIN[kind]
    return {"female": she, "male": he}.get(other.gender, they)


def _stranger(member: Patient, household: Household, chance: Random) -> RelatedPerson:
    """Somebody who is no patient here."""
    gender = chance.choice(("female", "male"))
    return RelatedPerson(
        patient=member,
        relationship=chance.choice(STRANGERS),
        family_name=chance.choice(
            (household.family_name, chance.choice(household.heritage.family))
        ),
        given_name=names.given(chance, household.heritage, gender),
        phone=names.phone(chance, chance.choice(AREAS[household.site])),
        is_emergency_contact=True,
    )
