"""
What stands at another site makes no difference: no count, figure, list or work item changes when it goes.

Canaries find words; this finds numbers.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.authorization import declared, matrix, watching
from tests.authorization.matrix import Cell
from tests.authorization.world import World

# What differs between two answers that are the same: tokens and nonces.
PASSING = re.compile(
    r'(x-request-id: |csrf-token" content="|csrfmiddlewaretoken" value="|x-csrftoken[^a-z0-9]{1,20}'
    r'|nonce[=-]["\']?)[^"\'&;<\s]+'
)
# Configuration and the trail are the whole practice's; a file to download is the same day's sheet.
# One's recent patients are in the session; rules are remembered for a moment.
ASIDE = ("admin:", "audit", "mfa_", "account_", "scheduling:sheet_pdf", "patients:finder", "rule")
GONE = (
    "DELETE FROM scheduling_reservation WHERE appointment_id IN"
    " (SELECT id FROM scheduling_appointment WHERE location_id = %s)",
    "DELETE FROM scheduling_appointment WHERE location_id = %s",
    "DELETE FROM patients_patientlocation WHERE location_id = %s",
)


@contextmanager
def emptied(world: World) -> Iterator[None]:
    """For a moment nobody has a visit at the other site, or is known there."""
    with watching.undone(), connection.cursor() as cursor:
        for statement in GONE:
            cursor.execute(statement, [world.there.location.pk])
        yield


def looks(world: World) -> list[Cell]:
    """Every page about one's own site, by somebody with every right there."""
    cells = [
        cell
        for route in matrix.asked_routes()
        for cell in matrix.cells_of(route, world.everybody(), ["get"], ["own"])
        if not cell.body.endswith("there") and not route.name.startswith(ASIDE)
    ]
    for cell in cells:
        declared.path(cell.route, world, cell.person, cell.relation)  # makes what the address names
    return cells


def shown(world: World, cell: Cell) -> str:
    """An answer without what passes."""
    with watching.undone():
        answer = matrix.send(world, cell)
        answer.cookies.clear()
        return PASSING.sub(r"\1", watching.text_of(answer))


def differences(world: World, cells: list[Cell], without: dict[str, str]) -> list[str]:
    return [str(cell) for cell in cells if shown(world, cell) != without[str(cell)]]


def as_if_empty(world: World, cells: list[Cell]) -> dict[str, str]:
    with emptied(world):
        return {str(cell): shown(world, cell) for cell in cells}
