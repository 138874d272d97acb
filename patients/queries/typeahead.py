"""The type-ahead of the whole practice: whom somebody means by what they typed, as they type it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from kernel.actors import Actor
from kernel.text import PersonQuery, read_person_query
from office.models import Location
from patients.models.patient import AdministrativeGender
from patients.permissions import Permission
from patients.queries.finder import Found, open_at

LOOKED_AT = 50  # candidates of each way to be meant; who means another one types a letter more

# Each way to be meant is a branch with its own index, cut off where it is long. Joined by OR they would
# cost a look at every patient. A prefix comes out of its index in order, so what is cut off is the far end
# of the alphabet. Whether the actor works where a patient is known is asked for the rows that are shown.
ROWS = """
WITH meant AS ({ways}), best AS (SELECT id, min(turn) AS turn FROM meant GROUP BY id)
SELECT p.id, p.family_name, p.given_name, p.middle_name, p.preferred_name, p.birth_date,
       p.medical_record_number, p.gender,
       %(everything)s OR EXISTS (
           SELECT FROM patients_patientlocation k WHERE k.patient_id = p.id AND k.location_id = ANY(%(mine)s::uuid[])
       ),
       (SELECT c.value FROM patients_contactpoint c WHERE c.patient_id = p.id AND c.system = 'phone'
        ORDER BY c.rank, c.id LIMIT 1)
FROM best JOIN patients_patient p ON p.id = best.id
ORDER BY best.turn,
         EXISTS (SELECT FROM patients_patientlocation k WHERE k.patient_id = p.id AND k.location_id = %(here)s) DESC,
         p.family_key, p.given_key, p.birth_date, p.id
LIMIT %(limit)s
"""
WAY = "(SELECT id, {turn} AS turn FROM patients_patient WHERE is_active AND {where} LIMIT {most})"

WITH_PHONE = """
id IN (SELECT patient_id FROM patients_contactpoint WHERE digits LIKE %(digits_like)s LIMIT 50)
"""


@dataclass(frozen=True)
class Way:
    """One way to be meant: a condition with an index, and how well it fits (1 is best)."""

    turn: int
    where: str
    values: dict[str, Any]


def typeahead(
    text: str,
    *,
    actor: Actor,
    location: Location | None,
    today: date,
    first: Sequence[UUID] = (),
    limit: int = 10,
) -> list[Found]:
    """
    The patients somebody most likely means, in one statement, or two when names only contain what was typed.

    Before all come those of `first` (today's, as scheduling knows them), then the best match: the family
    name begins with it, the given name does, a name contains it; among equals who is known at this
    location. Patients of other locations show name, birth date and chart number only.
    """
    asked = read_person_query(text, today)
    if asked.is_empty or not actor.may(Permission.FIND_PATIENT):
        return []
    inside = _inside(asked)
    ways = [*_of_today(first, inside), *_ways(asked)]
    rows = _rows(ways, actor, location, limit)
    if len(rows) < limit and inside.turn > 1:
        rows = _rows([*ways, inside], actor, location, limit)
    return rows


def _ways(asked: PersonQuery) -> list[Way]:
    if asked.birth_date:
        return [_inside(asked)]
    if asked.digits:
        return _by_digits(asked.digits)
    if asked.words:
        return _by_words(asked.words)
    return [_inside(asked)]


def _by_digits(digits: str) -> list[Way]:
    return [
        Way(1, "medical_record_number = %(chart)s", {"chart": digits}),
        Way(2, "medical_record_number LIKE %(chart_like)s", {"chart_like": f"{digits}%"}),
        Way(3, WITH_PHONE, {"digits_like": f"%{digits}%"}),
    ]


def _by_words(words: tuple[str, ...]) -> list[Way]:
    ways = [Way(1, "family_key LIKE %(whole)s", {"whole": f"{' '.join(words)}%"})]
    if len(words) == 1:
        return [*ways, Way(2, "given_key LIKE %(given)s", {"given": f"{words[0]}%"})]
    both = "family_key LIKE %({0})s AND given_key LIKE %({1})s"
    straight = {"family": f"{words[0]}%", "rest": f"{' '.join(words[1:])}%"}
    turned = {"last": f"{words[-1]}%", "start": f"{' '.join(words[:-1])}%"}
    return [*ways, Way(1, both.format(*straight), straight), Way(2, both.format(*turned), turned)]


def _inside(asked: PersonQuery) -> Way:
    """The condition that everybody who is meant fulfills; its turn is 3 where better ones come before it."""
    if asked.birth_date:
        return Way(1, "birth_date = %(born)s", {"born": asked.birth_date})
    if asked.digits:
        phone = (
            "EXISTS (SELECT FROM patients_contactpoint c"
            " WHERE c.patient_id = patients_patient.id AND c.digits LIKE %(in_phone)s)"
        )
        values = {"in_chart": f"{asked.digits}%", "in_phone": f"%{asked.digits}%"}
        return Way(1, f"(medical_record_number LIKE %(in_chart)s OR {phone})", values)
    if asked.words:
        return _in_names(asked.words)
    values = {"family": f"{asked.family}%", "given": f"{asked.given}%"}
    return Way(1, "family_key LIKE %(family)s AND given_key LIKE %(given)s", values)


def _in_names(words: tuple[str, ...]) -> Way:
    """Each word somewhere in the names; one or two letters only where a name begins."""
    values: dict[str, Any] = {}
    parts = []
    for place, word in enumerate(words):
        values |= {
            f"in_{place}": f"%{word}%",
            f"at_{place}": f"{word}%",
            f"on_{place}": f"% {word}%",
        }
        inside = f"search_key LIKE %(in_{place})s"
        begins = f"(search_key LIKE %(at_{place})s OR search_key LIKE %(on_{place})s)"
        parts.append(inside if len(word) >= 3 else begins)
    has_trigram = any(len(word) >= 3 for word in words)
    return Way(3 if has_trigram else 1, " AND ".join(parts), values)


def _of_today(first: Sequence[UUID], inside: Way) -> list[Way]:
    if not first:
        return []
    values = {"first": list(first), **inside.values}
    return [Way(0, f"id = ANY(%(first)s) AND {inside.where}", values)]


def _rows(ways: Sequence[Way], actor: Actor, location: Location | None, limit: int) -> list[Found]:
    values: dict[str, Any] = {
        "everything": actor.grants.everything,
        "mine": open_at(actor),
        "here": location.pk if location else None,
        "limit": limit,
    }
    for way in ways:
        values |= way.values
    branches = (WAY.format(turn=way.turn, where=way.where, most=LOOKED_AT) for way in ways)
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(ways=" UNION ALL ".join(branches)), values)
        return [_found(*row) for row in cursor.fetchall()]


def _found(
    patient_id: UUID,
    family: str,
    given: str,
    middle: str,
    preferred: str,
    born: date | None,
    chart: str,
    gender: str,
    is_mine: bool,
    phone: str | None,
) -> Found:
    return Found(
        id=patient_id,
        family=family,
        given=f"{given} {middle}".strip(),
        preferred=preferred,
        born=born,
        chart=chart,
        is_mine=is_mine,
        sex=str(AdministrativeGender(gender).label) if is_mine else "",
        phone=(phone or "") if is_mine else "",
    )
