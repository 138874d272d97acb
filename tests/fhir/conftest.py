"""Small FHIR files, written by hand, and an import of them."""

import json
from types import SimpleNamespace

import pytest

from fhir.importer import Importer
from kernel.actors import Actor
from tests.clock import at

NPI = "http://hl7.org/fhir/sid/us-npi"


def person(**changes):
    """A patient resource; `person(id="p2", family="Vega")`."""
    known = {"id": "p1", "family": "Delgado", "given": ["Rosa", "Maria"], "birthDate": "1962-07-14"}
    values = known | changes
    name = {"use": "official", "family": values.pop("family"), "given": values.pop("given")}
    return {"resourceType": "Patient", "gender": "female", "name": [name]} | values


def organization(**changes):
    return {"resourceType": "Organization", "id": "o1", "name": "Bay Hospital"} | changes


def practitioner(**changes):
    names = [{"family": "Sanford", "given": ["Shonta"], "prefix": ["Dr."]}]
    number = [{"system": NPI, "value": "320"}]
    return {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": names,
        "identifier": number,
    } | changes


def place(**changes):
    return {"resourceType": "Location", "id": "l1", "name": "Bay Hospital, Ward 2"} | changes


def related(**changes):
    return {
        "resourceType": "RelatedPerson",
        "id": "r1",
        "patient": {"reference": "Patient/p1"},
        "relationship": [{"text": "sister"}],
        "name": [{"family": "Santos", "given": ["Ana"]}],
        "telecom": [{"system": "phone", "value": "555-0199"}],
    } | changes


def encounter(**changes):
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "Follow-up"}],
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2020-03-01T09:00:00-05:00", "end": "2020-03-01T09:30:00-05:00"},
    } | changes


def appointment(*actors, **changes):
    return {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "fulfilled",
        "start": "2020-03-01T09:00:00-05:00",
        "end": "2020-03-01T09:30:00-05:00",
        "participant": [{"actor": {"reference": actor}} for actor in actors],
    } | changes


def bundle(*resources, urns=False):
    """A transaction bundle; with `urns` its resources are named as Synthea names them."""
    entries = [
        {"resource": each} | ({"fullUrl": f"urn:uuid:{each.get('id')}"} if urns else {})
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
def files(tmp_path):
    """`files(a=bundle(…))` writes a.json; text and bytes are written as they are; names may carry a suffix."""

    def write(folder="in", **contents):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name, content in contents.items():
            path = place / (name.replace("__", ".") if "__" in name else f"{name}.json")
            if isinstance(content, list):
                path.write_text("".join(json.dumps(each) + "\n" for each in content))
            elif isinstance(content, dict):
                path.write_text(json.dumps(content))
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return write


@pytest.fixture
def run(location, files):
    """`run(bundle(…), …)`: import bundles, a file each; what came out, and why things were refused."""

    def perform(*contents, by=None, source="fhir", folder="in", when=None, **named):
        named |= {f"file{number}": each for number, each in enumerate(contents)}
        importer = Importer(
            location=location, at=when or at("08:00"), by=by or Actor.system("test"), source=source
        )
        report = importer.run([files(folder, **named)])
        counts = {
            kind: {name: number for name, number in counted.items() if number}
            for kind, counted in report.counts.items()
        }
        refused = {line.what: line.reason for line in report.refused}
        return SimpleNamespace(report=report, counts=counts, refused=refused)

    return perform
