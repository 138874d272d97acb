"""Who is registered already and may be the person at the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, QuerySet

from kernel.actors import Actor
from kernel.text import search_key
from patients.models import Patient
from patients.phones import read_phone
from patients.queries.finder import Found, any_of, for_finder, found, with_phone

SIMILAR = 0.35  # trigram similarity from which two names may be one person's
FEWEST_DIGITS = 7  # of a phone number that says anything about a person


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same person, and why we think so."""

    patient: Found
    why: str


def possible_duplicates(
    *,
    family_name: str,
    given_name: str,
    birth_date: date | None,
    actor: Actor,
    phone: str = "",
    limit: int = 5,
) -> list[Duplicate]:
    """
    Patients of the practice who may be this person, likeliest first, each with the reason.

    Same birth date and a similar name; the same name and a birth date that one slip turns into this; the
    same phone and a similar name. Each way has its index; together they are one statement.
    """
    name = search_key(f"{given_name} {family_name}")
    if not name:
        return []
    findable = Patient.objects.findable_by(actor).in_use()
    family, given = search_key(family_name), search_key(given_name)
    ways = list(_ways(findable, family, given, birth_date, phone))
    alike = (
        findable.filter(pk__in=any_of(ways))
        .annotate(likeness=TrigramSimilarity("search_key", name))
        # Trigrams know only the letters of the database's locale; the very same name is alike in any script.
        .filter(Q(likeness__gte=SIMILAR) | Q(family_key=family, given_key=given))
        .order_by("-likeness", "birth_date", "id")
    )
    return [
        Duplicate(found(each), _why(each, birth_date, phone))
        for each in for_finder(alike, actor)[:limit]
    ]


def _ways(
    findable: QuerySet[Patient], family: str, given: str, born: date | None, phone: str
) -> Iterator[QuerySet[Patient]]:
    namesakes = findable.filter(family_key=family, given_key__startswith=given)
    if born:
        yield findable.filter(birth_date=born)
        yield namesakes.filter(_one_slip_from(born))
    else:
        yield namesakes
    digits = read_phone(phone).digits
    if len(digits) >= FEWEST_DIGITS:
        yield findable.filter(pk__in=with_phone(digits))


def _one_slip_from(born: date) -> Q:
    """Dates of which two parts are the same, or with day and month the other way round."""
    year, month, day = (
        Q(birth_date__year=born.year),
        Q(birth_date__month=born.month),
        Q(birth_date__day=born.day),
    )
    swapped = Q(birth_date__month=born.day, birth_date__day=born.month)
    return (year & (month | day | swapped)) | (month & day) | Q(birth_date=None)


def _why(patient: Any, born: date | None, phone: str) -> str:
    name = "the same name" if patient.likeness == 1 else "a similar name"
    if born and patient.birth_date == born:
        return f"Born on the same day, {name}"
    digits = read_phone(phone).digits
    if digits and read_phone(patient.phone or "").digits == digits:
        return f"The same phone number, {name}"
    return "The same name, and a birth date that is nearly the same" if born else "The same name"
