"""References, looked up for a whole batch at once. What is not here is never fetched from anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Model

from fhir.reading import Key
from fhir.rows import Row
from fhir.values import Ref
from office.models import Location, Organization
from patients.models import Encounter, PatientIdentifier
from staff.models import Practitioner

SOURCED: Mapping[str, type[Model]] = {
    "Organization": Organization,
    "Location": Location,
    "Practitioner": Practitioner,
    "Encounter": Encounter,
}
OURS = (Location, Practitioner)
IMPORTED_AS = "RI"  # HL7 v2-0203: resource identifier; the id a patient has in the files


class Resolver:
    """Knows which of our rows a reference means. One per batch: what it found is remembered meanwhile."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: dict[Ref, UUID] = {}

    def resolve(self, rows: Sequence[Row]) -> dict[Key, dict[str, UUID]]:
        """For each row, our ids by the name of the reference; a name that is missing is not here."""
        self._look_up({each for row in rows for each in row.refs.values()})
        return {
            row.key: {
                name: self._found[each] for name, each in row.refs.items() if each in self._found
            }
            for row in rows
        }

    def _look_up(self, wanted: Iterable[Ref]) -> None:
        missing = [each for each in wanted if each not in self._found]
        by_kind: dict[str, list[Ref]] = {}
        for each in missing:
            by_kind.setdefault(each.kind, []).append(each)
        for kind, refs in by_kind.items():
            by_id = [each for each in refs if not each.system]
            by_identifier = [each for each in refs if each.system]
            found = self._by_id(kind, {each.id for each in by_id}) if by_id else {}
            self._found |= {each: found[each.id] for each in by_id if each.id in found}
            for each in by_identifier:
                if pk := self._by_identifier(each):
                    self._found[each] = pk

    def _by_id(self, kind: str, ids: set[str]) -> dict[str, UUID]:
        if kind == "Patient":
            known = PatientIdentifier.objects.filter(
                system=self.source, kind=IMPORTED_AS, value__in=ids
            )
            return dict(known.values_list("value", "patient_id"))
        model = SOURCED.get(kind)
        if model is None:
            return {}
        rows = model._default_manager.filter(source=self.source, source_id__in=ids)
        return _ours(model, ids) | dict(rows.values_list("source_id", "pk"))

    def _by_identifier(self, wanted: Ref) -> UUID | None:
        """`Practitioner?identifier=system|value`: by NPI, by a patient's number, or by the id itself."""
        if wanted.kind == "Patient":
            numbers = PatientIdentifier.objects.filter(system=wanted.system, value=wanted.id)
            return numbers.values_list("patient_id", flat=True).first()
        if wanted.kind == "Practitioner":
            known = Practitioner.objects.filter(source=self.source, npi=wanted.id)
            pk: UUID | None = known.order_by("id").values_list("pk", flat=True).first()
            if pk:
                return pk
        return self._by_id(wanted.kind, {wanted.id}).get(wanted.id)


def _ours(model: type[Model], ids: set[str]) -> dict[str, UUID]:
    """Our own locations and practitioners, by our own ids: a file that knows of us."""
    own = [known for each in ids if (known := _own_id(each))] if model in OURS else []
    if not own:
        return {}
    found = model._default_manager.filter(is_external=False, pk__in=own)
    return {str(pk): pk for pk in found.values_list("pk", flat=True)}


def _own_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
