"""
A practice of two sites, with one of everything at each, and people who work at one of them only.

Whatever somebody may not see carries a word that stands nowhere else: a canary. Where the word is found,
the thing was seen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone

from access import sessions, tokens
from access.models import ApiToken, SecondStepRule, SignedIn, User
from communications.models import Message
from fhir.report import JOB as IMPORT
from kernel import permissions, undo
from kernel.actors import Actor
from kernel.models import Job
from office.models import Location
from office.permissions import Permission as Office
from office.roles import Role
from patients.models import Encounter
from scheduling.actions import flow  # noqa: F401  steps can be taken back once they are known
from scheduling.models import (
    Appointment,
    Hold,
)
from staff.models import Employee
from tests import factories
from tests.authorization import shelves
from tests.authorization.shelves import Canary, Shelf

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Person:
    """Somebody who signs in, with what is theirs."""

    name: str
    user: User
    client: Client
    actor: Actor
    rows: dict[str, Any]


class World:
    """Everything that is looked at, and everybody who looks."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.practice = factories.PracticeFactory()
        self.kind = factories.AppointmentTypeFactory(name="Follow-up")
        self.canaries: list[Canary] = []
        self.here = self._shelf("here")
        self.there = self._shelf("there")
        self.stranger = Client(raise_request_exception=False)
        self._people: dict[Any, Person] = {}
        self.other = self.person(Role.NURSE, at=[self.there.location], name="other")
        for name in ("job", "import", "hold", "undo", "browser", "token", "passkey"):
            assert self.other.rows[name]
        _shared(self)

    # ---- who looks

    def role(self, role: Role) -> Person:
        return self.person(role, name=role.name.lower())

    def all_rights(self) -> frozenset[str]:
        return frozenset(map(str, permissions.declared()))

    def having(self, rights: Iterable[str], name: str) -> Person:
        """Somebody with exactly these permissions, who works here."""
        wanted = frozenset(map(str, rights))
        if wanted not in self._people:
            name = name if name not in self._people else f"{name} {len(self._people)}"
            self._people[wanted] = self.person(_group(wanted), name=name)
        return self._people[wanted]

    def everybody(self) -> Person:
        """Somebody with every right at one site: a clinician who has a visit at the other site as well."""
        person = self.having(self.all_rights(), "who has every right at one site")
        if "practitioner" not in person.rows:
            person.rows["practitioner"] = shelves.clinician_of_both(self.here, self.there, person)
        return person

    def lacking(self, permission: str) -> Person:
        """Somebody with every permission but one, who works here."""
        return self.having(self.all_rights() - {str(permission)}, f"who lacks {permission}")

    def person(
        self, role: Role | str, *, name: str, at: Iterable[Location] | None = None
    ) -> Person:
        if name in self._people:
            return self._people[name]
        places = [self.here.location] if at is None else list(at)
        user = factories.UserFactory(
            role=role, at=places, name=f"Person {len(self._people)}", password="one two three four"
        )
        rows = Belongings(self, user, places[0])
        made = Person(name, user, signed_in(user), factories.actor_of(user), rows)
        assert rows["file"]  # without one, nobody asks for time off
        self._people[name] = made
        return made

    @contextmanager
    def as_it_was(self) -> Iterator[None]:
        """Whoever comes meanwhile is gone after it, as their rows are."""
        people, canaries = dict(self._people), list(self.canaries)
        yield
        self._people, self.canaries = people, canaries

    def narrowed(self, person: Person, scopes: list[str]) -> "TokenClient":
        """A program of this person's, with a token that reaches less far."""
        plain, _ = tokens.make(person.user, scopes=scopes, days=1, at=timezone.now())
        return TokenClient(plain)

    # ---- what is looked at

    def _shelf(self, side: str) -> Shelf:
        location = factories.LocationFactory(name=f"Site {side}", code=side)
        shelf = Shelf(side, location, self.now)
        shelves.fill(shelf, self.kind)
        self.canaries += shelves.canaries_of(shelf)
        return shelf

    def unseen(self, actor: Actor, *, finds: str = "") -> list[str]:
        """The words this actor may not read. `finds`: the page that looks through the practice for them."""
        return [
            each.word
            for each in self.canaries
            if not each.sees(actor) and not (finds and each.found and finds not in each.but)
        ]


class TokenClient(Client):
    """A program: a bearer token instead of a session."""

    def __init__(self, token: str) -> None:
        super().__init__(
            raise_request_exception=False, headers={"authorization": f"Bearer {token}"}
        )


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    session = client.session
    sessions.begin(session)
    session.save()
    return client


def _group(wanted: frozenset[str]) -> str:
    group = Group.objects.create(name=f"Test {len(wanted)} {Group.objects.count()}")
    rows = Permission.objects.select_related("content_type")
    group.permissions.set(
        [row for row in rows if f"{row.content_type.app_label}.{row.codename}" in wanted]
    )
    SecondStepRule.objects.create(role=group, is_required=False)  # of that its own tests tell
    return group.name


class Belongings(dict[str, Any]):
    """What is one's own: a file, a leave to decide on, jobs, a hold, the right to undo. Made when asked for."""

    def __init__(self, world: World, user: User, place: Location) -> None:
        super().__init__()
        self.world, self.user, self.place = world, user, place

    def __missing__(self, name: str) -> Any:
        whose, _, what = name.partition(" ")
        made = self._of(whose, what) if what else getattr(self, f"_{name}")()
        self[name] = made
        return made

    def _file(self) -> Employee:
        return factories.EmployeeFactory(
            user=self.user, at=[self.place], family_name=self.user.name
        )

    def _report(self) -> Employee:
        return factories.EmployeeFactory(supervisor=self["file"], at=[self.place])

    def _of(self, whose: str, what: str) -> Any:
        if what == "credential":
            return factories.CredentialFactory(employee=self[whose])
        begins = self.world.now + timedelta(days=5)
        days = DateTimeTZRange(begins, begins + timedelta(days=1))
        return factories.EmployeeTimeFactory(employee=self[whose], status="requested", period=days)

    def _job(self) -> Job:
        return _job(self.world, self.user, "test", "job")

    def _import(self) -> Job:
        return _job(self.world, self.user, IMPORT, "import")

    def _hold(self) -> Hold:
        return Hold.objects.create(
            location=self.place,
            held_by_id=self.user.pk,
            held_by_name=self.user.name,
            expires_at=self.world.now + timedelta(minutes=1),
        )

    def _browser(self) -> SignedIn:
        """Another one than the one they ask with."""
        return SignedIn.objects.create(user=self.user, session_key=f"zq{self.user.pk.hex}")

    def _token(self) -> ApiToken:
        return tokens.make(self.user, scopes=[], days=1, at=self.world.now)[1]

    def _passkey(self) -> Authenticator:
        return Authenticator.objects.create(
            user=self.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
        )

    def _undo(self) -> str:
        visit = self.world.here.visit
        return undo.offer(
            "scheduling.advance",
            by=factories.actor_of(self.user),
            appointment_id=visit.pk,
            version=visit.version,
        )


def _shared(world: World) -> None:
    """Somebody who is known here was at the other site too: that visit is the other site's."""
    begins = world.now + timedelta(minutes=90)
    span = DateTimeTZRange(begins, begins + timedelta(minutes=30))
    terms = {"patient": world.here.patient, "location": world.there.location, "period": span}
    Appointment.objects.create(
        **terms,
        practitioner=world.there.practitioner,
        appointment_type=world.kind,
        note=world.there.word("sharedvisit"),
    )
    Message.objects.create(
        kind="appointment.reminder", subject_kind="patients.patient", subject_id=world.here.patient.pk,
        occasion="elsewhere", location=world.there.location, state="failed", reason=world.there.word("sharedmessage"),
    )  # fmt: skip
    Encounter.objects.create(
        **terms, status="finished", left_at=span.upper, reason=world.there.word("sharedreason")
    )


def _job(world: World, user: User, kind: str, name: str) -> Job:
    """A job that failed, with a word in its note and result that only its owner reads."""
    word = f"zq{name}of{user.pk.hex[-12:]}"
    owner: UUID = user.pk
    world.canaries.append(
        Canary(word, lambda actor: actor.id == owner or actor.may(Office.VIEW_JOBS))
    )
    return Job.objects.create(
        kind=kind,
        owner_id=owner,
        owner_name=user.name,
        state=Job.State.DONE,
        note=word,
        result={"refused": [["file#1", "Patient", word]]},
    )
