"""Licenses, registrations and certificates of everybody who needs them, some of them about to lapse."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo.hours import WEEKS
from demo.people import PHYSICIANS, PRESCRIBERS, STAFF, People, Person
from staff.models import Credential, CredentialKind, Employee

# Whose license may be the one that expires today: whoever of them sees patients today, first first.
LAPSING = ("Whitfield", "Raman", "Nakamura", "Petrova", "Kessler", "Ferreira")
# (family, kind, days until it lapses)
SOON = (
    ("Bell", CredentialKind.DEA, 12),
    ("Brandt", CredentialKind.LICENSE, 24),
    ("Castro-Lima", CredentialKind.LIFE_SUPPORT, 29),
    ("Larsen", CredentialKind.LIFE_SUPPORT, 9),
    ("Haddad", CredentialKind.MALPRACTICE, 55),
)
RENEWED = ("Ferreira", CredentialKind.LICENSE, 8)  # lapsed so many days ago, renewed in time


def make_credentials(people: People, today: date, state: str) -> None:
    chance = Random(f"credentials {today}")
    rows = [
        row
        for person in STAFF
        for row in _of(person, people.employees[person.family], chance, today, state)
    ]
    by_holder = {(row.employee.family_name, row.kind): row for row in rows}
    for family, kind, days in SOON:
        by_holder[family, kind].expires_date = today + timedelta(days=days)
    rows.append(_predecessor(by_holder[RENEWED[:2]], today))
    Credential.objects.bulk_create(rows)
    lapse_a_license(people, today)


def lapse_a_license(people: People, today: date) -> Credential | None:
    """
    Let the license of a physician who sees patients today stop holding today.

    Whoever's lapsed on an earlier demo day has renewed it meanwhile, and is left alone for a while.
    """
    own = [person.employee_id for person in people.practitioners.values()]
    licenses = Credential.objects.filter(kind="license", voided_at=None, employee__in=own)
    if licenses.filter(expires_date=today).exists():
        return None
    _renew(licenses.filter(is_required=True, expires_date__lt=today))
    return _lapse_first(people, today)


def _lapse_first(people: People, today: date) -> Credential | None:
    for family in LAPSING:
        if family not in people.employees or WEEKS[family][today.weekday()] == ".":
            continue
        held = Credential.objects.filter(
            employee=people.employees[family], kind="license", voided_at=None
        )
        newest = held.filter(
            expires_date__gt=today, issued_date__lt=today - timedelta(days=30)
        ).order_by("-expires_date")
        if found := newest.first():
            found.save_changes(expires_date=today)
            return found
    return None


def _renew(lapsed: Iterator[Credential]) -> None:
    for old in lapsed:
        same = Credential.objects.filter(
            employee=old.employee, kind=old.kind, state=old.state, voided_at=None
        )
        if not same.filter(expires_date__gt=old.expires_date).exists():
            Credential.objects.create(**_successor(old))


def _successor(old: Credential) -> dict[str, object]:
    same = ("employee", "kind", "name", "number", "state", "is_required")
    return {
        **{name: getattr(old, name) for name in same},
        "issued_date": old.expires_date,
        "expires_date": old.expires_date + timedelta(days=730),
    }


def _predecessor(new: Credential, today: date) -> Credential:
    """What was renewed: the old row stays, the new one covers it."""
    lapsed = today - timedelta(days=RENEWED[2])
    new.issued_date, new.expires_date = lapsed, lapsed + timedelta(days=730)
    return Credential(
        employee=new.employee,
        kind=new.kind,
        number=new.number,
        state=new.state,
        is_required=new.is_required,
        issued_date=lapsed - timedelta(days=730),
        expires_date=lapsed,
    )


def _of(
    person: Person, employee: Employee, chance: Random, today: date, state: str
) -> Iterator[Credential]:
    def one(kind: CredentialKind, prefix: str, **fields: object) -> Credential:
        expires = today + timedelta(days=chance.randrange(70, 690))
        return Credential(
            employee=employee,
            kind=kind,
            number=f"{prefix}{chance.randrange(10**6):06d}",
            issued_date=expires - timedelta(days=730),
            expires_date=expires,
            **fields,
        )

    if person.qualification:
        yield one(CredentialKind.LICENSE, "L-", state=state, is_required=bool(person.specialty))
        yield one(CredentialKind.MALPRACTICE, "MP-")
        yield one(CredentialKind.LIFE_SUPPORT, "BLS-")
    if person.qualification in PRESCRIBERS:
        yield one(CredentialKind.DEA, "DEMO", state=state)
        yield one(CredentialKind.CAQH, "CAQH-")
    if person.qualification in PHYSICIANS:
        yield one(CredentialKind.BOARD, "B-", name=f"{person.specialty}, board certified")
    if person.position == "Medical assistant":
        yield one(CredentialKind.LIFE_SUPPORT, "BLS-")
        yield one(CredentialKind.OTHER, "CMA-", name="Certified medical assistant")
    if person.position in {"Laboratory technician", "Sonographer"}:
        yield one(CredentialKind.OTHER, "C-", name=f"{person.position} certificate")
