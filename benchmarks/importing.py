"""Importing FHIR bundles of invented patients: how fast, in how much memory, and that twice is once."""

import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from benchmarks import facts
from benchmarks.house import House
from fhir.importer import Importer
from fhir.report import Report
from kernel.actors import Actor
from patients.models import Encounter

PATIENTS, VISITS, ASIDE = 300, 30, 250  # and so many resources of kinds that are only counted
COLUMNS = "id, created_at, updated_at, version, patient_id, status, class_code, kind, reason, period, left_at, source, source_id, fingerprint"  # noqa: E501
RAW = f"INSERT INTO raw ({COLUMNS}) VALUES ({', '.join(['%s'] * 14)})"  # noqa: S608  constants


def import_fhir(house: House) -> Iterator[dict[str, Any]]:
    """300 patients with 30 visits each, among four times as many resources that are not imported."""
    chance = random.Random(300)
    source = f"bench {uuid4()}"
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PATIENTS):
            Path(folder, f"{number:04}.json").write_text(json.dumps(_bundle(chance)))
        seconds, first = _import(Path(folder), source)
        again, second = _import(Path(folder), source)
    changed = sum(second.total(outcome) for outcome in ("created", "updated", "refused"))
    written = first.total("created")
    limit = written / _raw_seconds(source, written)
    yield {
        "n": first.read,
        "per_s": round(first.read / seconds, 1),
        "written_per_s": round(written / seconds, 1),
        "second_run_per_s": round(second.read / again, 1),
        "equal": changed == 0,
        "unexpected": first.total("refused") + changed,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "limit_per_s": round(limit, 1),
        "limit_ratio": round(written / seconds / limit, 3),
    }


def _import(folder: Path, source: str) -> tuple[float, Report]:
    importer = Importer(
        location=facts.location(), at=timezone.now(), by=Actor.system("bench"), source=source
    )
    began = time.perf_counter()
    report = importer.run([folder])
    return time.perf_counter() - began, report


def _bundle(chance: random.Random) -> dict[str, Any]:
    """One patient as a transaction: the shape of a synthetic record, every word of it invented."""
    person = str(UUID(int=chance.getrandbits(128)))
    named = f"urn:uuid:{person}"
    name = {"use": "official", "family": f"Bench{chance.randrange(10**6)}", "given": ["Ida"]}
    resources: list[dict[str, Any]] = [
        {
            "resourceType": "Patient",
            "id": person,
            "name": [name],
            "birthDate": f"19{chance.randrange(30, 99)}-0{chance.randrange(1, 9)}-11",
            "telecom": [{"system": "phone", "value": f"555-01{chance.randrange(10, 99)}"}],
            "address": [{"line": ["1 Bench Rd"], "city": "Albany", "state": "NY"}],
        }
    ]
    for _ in range(VISITS):
        day = f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 9)}-{chance.randrange(10, 28)}"
        resources.append(
            {
                "resourceType": "Encounter",
                "id": str(UUID(int=chance.getrandbits(128))),
                "status": "finished",
                "class": {"code": "AMB"},
                "type": [{"text": "Follow-up"}],
                "subject": {"reference": named},
                "period": {"start": f"{day}T09:00:00Z", "end": f"{day}T09:20:00Z"},
            }
        )
    aside = {"resourceType": "Observation", "subject": {"reference": named}, "note": "x" * 900}
    resources += [aside] * ASIDE
    entries = [{"fullUrl": f"urn:uuid:{it.get('id', uuid4())}", "resource": it} for it in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _raw_seconds(source: str, written: int) -> float:
    """The time in which plain inserts write as many rows of the largest table, indexes included."""
    with facts.connect() as link, link.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM patients_encounter WHERE source = %s",  # noqa: S608
            [source],
        )
        rows = cursor.fetchall()
        cursor.execute("CREATE TEMP TABLE raw (LIKE patients_encounter INCLUDING ALL)")
        began = time.perf_counter()
        cursor.executemany(RAW, rows)
        link.commit()
        assert len(rows) == Encounter.objects.filter(source=source).count()
        return (time.perf_counter() - began) * written / len(rows)


BENCHES = {"import_fhir": import_fhir}
