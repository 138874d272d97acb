"""W4 a day as JSON, W5 a month of real free slots, the first ten openings, W6 finding a patient."""

import itertools
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks import facts
from benchmarks.house import House
from benchmarks.load import Client, drive, raw, statements
from kernel import clock
from kernel.text import search_key
from patients.models import ContactPoint, Patient

SECONDS = 6.0
DAY = (
    "SELECT a.*, p.family_name, p.given_name, p.birth_date, p.medical_record_number, c.family_name, t.name"
    " FROM scheduling_appointment a JOIN patients_patient p ON p.id = a.patient_id"
    " JOIN staff_practitioner c ON c.id = a.practitioner_id"
    " JOIN scheduling_appointmenttype t ON t.id = a.appointment_type_id"
    " WHERE a.location_id = %s AND a.practitioner_id = %s AND a.starts_at >= %s AND a.starts_at < %s"
)


RESERVED = (
    "SELECT resource_id, period FROM scheduling_reservation"
    " WHERE resource_id = ANY(%s) AND is_live AND period && tstzrange(%s, %s)"
)


def _compare(
    house: House, path: str, sql: str, values: list[Any], **more: Any
) -> Iterator[dict[str, Any]]:
    queries = statements(house, "GET", path)
    for clients in (1, 8, 32):
        tally = drive(
            house, itertools.repeat(lambda client: client.send("GET", path)[0]), clients, SECONDS
        )
        limit = raw(
            facts.connect,
            itertools.repeat(lambda link: link.execute(sql, values).fetchall()),
            clients,
            SECONDS / 3,
        )
        line = {"clients": clients, **tally.line(), "queries": queries, **more}
        line["unexpected"] = sum(count for status, count in tally.statuses.items() if status != 200)
        line["limit_per_s"] = limit.line()["per_s"]
        line["limit_ratio"] = round(line["per_s"] / line["limit_per_s"], 3)
        yield line


def day_json(house: House) -> Iterator[dict[str, Any]]:
    """W4: one clinician's day of about forty visits, with names."""
    person, day = facts.busiest()
    place = facts.location()
    path = f"/api/v1/appointments/?location={place.pk}&practitioner={person}&date={day}&limit=200"
    span = clock.day(day, place.zone)
    _, body = Client(house).send("GET", path)
    rows = len(json.loads(body)["results"])
    yield from _compare(
        house, path, DAY, [place.pk, person, span.lower, span.upper], rows=rows, bytes=len(body)
    )


def openings_month(house: House) -> Iterator[dict[str, Any]]:
    """W5: every real free start of one clinician in 31 days, equal to a brute-force count."""
    person, place, kind = facts.practitioners()[0], facts.location(), facts.short_type()
    begin = timezone.now() + timedelta(minutes=5)
    end = begin + timedelta(days=31)
    path = (
        f"/api/v1/openings/?type={kind.pk}&location={place.pk}&practitioner={person}"
        f"&from={begin.isoformat().replace('+', '%2B')}&to={end.isoformat().replace('+', '%2B')}&limit=2000"
    )
    _, body = Client(house).send("GET", path)
    found = {row["start"] for row in json.loads(body)["results"]}
    equal = found == _free_by_hand(person, begin, end)
    limit = (
        "SELECT period FROM scheduling_reservation"
        " WHERE resource_id = %s AND is_live AND period && tstzrange(%s, %s)"
    )
    yield from _compare(house, path, limit, [person, begin, end], slots=len(found), equal=equal)


def _free_by_hand(person: Any, begin: Any, end: Any) -> set[str]:
    """The oracle: each quarter hour of the template, tried against each reservation."""
    from scheduling.models import Reservation
    from scheduling.queries import availability
    from staff.models import EmployeeTime

    place = facts.location()
    template = availability.template(place.pk, person)
    taken = [
        (span.lower, span.upper)
        for span in [
            *Reservation.objects.live()
            .filter(resource_id=person, lane=0)
            .values_list("period", flat=True),
            *EmployeeTime.objects.leave()
            .approved()
            .filter(employee__practitioner=person)
            .values_list("period", flat=True),
        ]
        if span.upper > begin and span.lower < end + facts.SLOT
    ]
    found, day = set(), clock.local(begin, place.zone).date()
    from office import queries

    while day <= clock.local(end, place.zone).date():
        for opens, closes in template.windows(day) if not queries.closure_on(place.pk, day) else []:
            moment, stop = (clock.from_rule(day, each, place.zone) for each in (opens, closes))
            while moment + facts.SLOT <= stop:
                free = not any(
                    moment < upper and lower < moment + facts.SLOT for lower, upper in taken
                )
                if free and begin <= moment < end:
                    found.add(moment.isoformat())
                moment += facts.SLOT
        day += timedelta(days=1)
    return found


def openings(house: House) -> Iterator[dict[str, Any]]:
    """The first ten openings in 90 days over twenty clinicians, one client, in this process."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from scheduling.queries.openings import find_openings

    begin = timezone.now()
    people = facts.practitioners()[:20]

    def ask(_client: Client) -> int:
        found = find_openings(
            appointment_type=facts.short_type(),
            location=facts.location(),
            span=DateTimeTZRange(begin, begin + timedelta(days=90)),
            practitioners=people,
            limit=10,
        )
        return 200 if len(found) == 10 else 500

    ask(Client(house))
    tally = drive(house, itertools.repeat(ask, 200), 1, 20)
    connection.close()
    reach = begin + timedelta(days=7)  # as far as the search looks first
    limit = raw(
        facts.connect,
        itertools.repeat(lambda link: link.execute(RESERVED, [people, begin, reach]).fetchall()),
        1,
        SECONDS / 3,
    )
    line = {"clients": 1, **tally.line(), "unexpected": tally.statuses[500]}
    line["limit_per_s"] = limit.line()["per_s"]
    line["limit_ratio"] = round(line["per_s"] / line["limit_per_s"], 3)
    yield line


def typeahead(house: House) -> Iterator[dict[str, Any]]:
    """W6: substrings of names, then parts of phone numbers, over POST as the desk does."""
    chance = random.Random(6)
    names = list(Patient.objects.order_by("pk").values_list("family_name", flat=True)[:5000])
    words = [_middle(search_key(name), chance) for name in names if len(search_key(name)) >= 5][
        :2000
    ]
    numbers = (
        ContactPoint.objects.exclude(digits="")
        .order_by("pk")
        .values_list("digits", flat=True)[:2000]
    )
    parts = [number[-7:] for number in numbers if len(number) >= 7]
    for what, texts in (("name", words), ("phone", parts)):
        yield from _typeahead(house, what, texts)


def _middle(word: str, chance: random.Random) -> str:
    start = chance.randrange(0, len(word) - 3)
    return word[start : start + 4]


def _typeahead(house: House, what: str, texts: list[str]) -> Iterator[dict[str, Any]]:
    path = "/api/v1/patients/search/"
    queries = statements(house, "POST", path, {"q": texts[0]})
    sql = {
        "name": "SELECT id FROM patients_patient WHERE search_key LIKE '%%' || %s || '%%' LIMIT 10",
        "phone": "SELECT patient_id FROM patients_contactpoint WHERE digits LIKE '%%' || %s || '%%' LIMIT 10",
    }[what]
    for clients in (1, 8, 32):
        cycle = itertools.cycle(texts)
        asks = (
            lambda client, text=text: client.send("POST", path, json.dumps({"q": text}).encode())[0]
            for text in cycle
        )
        tally = drive(house, asks, clients, SECONDS)
        works = (
            lambda link, text=text: link.execute(sql, [text]).fetchall()
            for text in itertools.cycle(texts)
        )
        limit = raw(facts.connect, works, clients, SECONDS / 3)
        line = {"clients": clients, "what": what, **tally.line(), "queries": queries}
        line["unexpected"] = sum(count for status, count in tally.statuses.items() if status != 200)
        line["limit_per_s"] = limit.line()["per_s"]
        line["limit_ratio"] = round(line["per_s"] / line["limit_per_s"], 3)
        yield line


BENCHES = {
    "day_json": day_json,
    "openings": openings,
    "openings_month": openings_month,
    "typeahead": typeahead,
}
