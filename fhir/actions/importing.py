"""The acts of an import: one batch, one future visit, and the verdict about history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fhir.actions.keeping import Frame, Keeper, Kept, keep, refuse
from fhir.actions.others import LocationKeeper, OrganizationKeeper, PractitionerKeeper, RoleKeeper
from fhir.actions.people import PatientKeeper, RelatedKeeper
from fhir.actions.resolving import Resolver
from fhir.actions.visits import AppointmentKeeper, EncounterKeeper, type_called
from fhir.rows import Row
from kernel import acts, gates
from kernel.actors import Actor
from kernel.acts import act
from kernel.locks import lock_in_order
from kernel.refusals import Refusal
from office.models import Location
from patients.models import Patient
from patients.permissions import Permission
from scheduling.actions.booking import book_appointment
from scheduling.models import Appointment, AppointmentStatus
from staff.models import Practitioner
from staff.npi import has_check_digit

# In the order in which they refer to each other.
KEEPERS: Sequence[type[Keeper]] = (
    OrganizationKeeper,
    LocationKeeper,
    PractitionerKeeper,
    RoleKeeper,
    PatientKeeper,
    RelatedKeeper,
    EncounterKeeper,
    AppointmentKeeper,
)
ONE_AT_A_TIME = UUID(int=1)  # two imports at once would each make what the other is making
HERE = {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}
TO_COME = {AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.WAITLIST}
HISTORY = "Visits of the past, imported as they were; the rules of booking did not apply to them."


class NotBooked(Refusal):
    """A future visit of a file that cannot be one of ours."""

    code = "not-booked"
    title = "This visit cannot be booked here"


@act(permission=Permission.IMPORT_PATIENTS, scope=lambda asked: asked["frame"].location)
def import_batch(*, rows: Sequence[Row], frame: Frame, by: Actor) -> Kept:
    """
    Write what is new or changed in a batch; of each row that cannot be written, say why.

    One bad row never stops the rest. What refers to something that is not here yet comes back, to be tried
    again when more has been read.
    """
    lock_in_order([("fhir.import", ONE_AT_A_TIME)])
    kept = Kept()
    resolver = Resolver(frame.source)
    for keeper_class in KEEPERS:
        mine = [row for row in rows if row.key[0] == keeper_class.kind]
        if keeper_class is AppointmentKeeper:
            mine = [row for row in mine if not _refuse_present(row, kept)]
        if mine:
            keep(keeper_class(frame, resolver), mine, kept)
    _note(kept, frame)
    return kept


@act(permission=Permission.IMPORT_PATIENTS)
def import_future_visit(*, row: Row, frame: Frame, by: Actor) -> Appointment:
    """
    Book a visit that is still to come, as anybody would: the rules are asked, the time is reserved.

    :raises NotBooked: not at one of our locations with one of our practitioners, or only proposed
    :raises Refusal: a rule says no, or the time is taken
    """
    refs = Resolver(frame.source).resolve([row])[row.key]
    patient = Patient.objects.filter(pk=refs["patient"]).first() if "patient" in refs else None
    if patient is None:
        raise NotBooked(f"It refers to {row.refs['patient']}, which is not here.")
    if row.fields["status"] != AppointmentStatus.BOOKED:
        raise NotBooked(
            f"It lies in the future and is {row.fields['status']}: only booked ones hold time."
        )
    location = _our_location(refs.get("location"))
    if not by.works_at(location):  # booked by the house, but not further than its owner reaches
        raise NotBooked("It lies in the future at a location where you do not work.")
    start, end = row.fields["start"], row.fields["end"]
    made = book_appointment(
        patient=patient,
        practitioner=_our_practitioner(refs.get("practitioner")),
        location=location,
        appointment_type=type_called(row.fields["type_name"]),
        start=start,
        minutes=round((end - start).total_seconds() / 60),
        note=row.fields["note"],
        by=Actor.system("fhir", on_behalf_of=by),
    )
    made.save_changes(source=frame.source, source_id=row.id, fingerprint=row.fingerprint)
    acts.note(patient, appointment=str(made.pk), source=frame.source)
    return made


@act(permission=Permission.IMPORT_PATIENTS)
def exempt_history(*, count: int, at: datetime, by: Actor) -> None:
    """Keep that the rules of booking were not asked about imported history: one verdict, with the reason."""
    gates.exempt("appointment.book", by=by, sentence=HISTORY, reason=f"{count} imported")
    acts.note(count=count)


def _refuse_present(row: Row, kept: Kept) -> bool:
    """Who is here now has an encounter of ours; a file cannot bring that."""
    if row.fields["status"] in HERE:
        refuse(kept, row, "It says that the patient is here; that is only recorded at the desk.")
        return True
    return False


def _our_location(named: UUID | None) -> Location:
    """One of ours; an imported one stands for ours of the same name."""
    ours = Location.objects.in_use()
    found = Location.objects.filter(pk=named).first() if named else None
    if found and found.is_external:
        found = ours.filter(name__iexact=found.name).first()
    if found is None or not found.is_active:
        raise NotBooked("It lies in the future at a location that is not ours.")
    return found


def _our_practitioner(named: UUID | None) -> Practitioner:
    """One of ours; an imported one stands for ours with the same NPI, if its check digit fits."""
    ours = Practitioner.objects.bookable()
    found = Practitioner.objects.filter(pk=named).first() if named else None
    if found and found.is_external:
        found = ours.filter(npi=found.npi).first() if has_check_digit(found.npi) else None
    if found is None or not found.is_bookable:
        raise NotBooked("It lies in the future with nobody who takes visits here.")
    return found


def _note(kept: Kept, frame: Frame) -> None:
    """One audit event for the batch: the patients it is about, and what else was written."""
    acts.note(*(Patient(pk=pk) for pk in sorted(kept.patients)))
    others = [each for each in kept.written if each != "Patient"]
    if not kept.patients:
        acts.note(*(row for kind in others for row in kept.written[kind]))
    counts = {kind: dict(counted) for kind, counted in kept.report.counts.items()}
    acts.note(source=frame.source, counts=counts, location=str(frame.location.pk))
