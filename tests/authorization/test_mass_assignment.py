"""Nobody writes a field that was not offered, and no answer has one that was not declared."""

import json

from tests.authorization import assigning, declared, matrix, watching
from tests.authorization.examples import OWN


def test_what_is_sent_beside_the_fields_of_a_form_is_not_written(world):
    found, wrote = [], set()
    cells = assigning.cells(world)
    known = assigning.keys()
    for cell in cells:
        problem, plain = assigning.problem(world, cell, known)
        found += [problem] if problem else []
        wrote |= {cell.route.name} if plain.written else set()
    assert found == []
    assert len(wrote) > 45  # or nothing was tried


def test_no_row_of_the_api_is_replaced_or_patched():
    methods = {
        method
        for route in declared.routes()
        for method in getattr(route.view, "actions", None) or ()
    }

    assert methods - {"head"} == {"get", "post"}


def test_answers_of_the_api_have_the_declared_fields_only(world):
    undeclared, rows = [], 0
    for route in declared.routes():
        view = getattr(route.view, "cls", None)
        if getattr(route.view, "actions", None) is None or "get" not in route.view.actions:
            continue
        cell = matrix.Cell(route, "get", OWN, world.everybody())
        declared.path(route, world, cell.person, OWN)
        with watching.undone():
            answer = matrix.send(world, cell)
        if answer.status_code != 200 or answer["Content-Type"] != "application/json":
            continue  # refused, or a file
        data = json.loads(answer.content)
        for row in data.get("results", [data]):
            rows += 1
            if more := row.keys() - set(view.serializer_class().fields):
                undeclared.append(f"{route.name}: {sorted(more)}")

    assert undeclared == []
    assert rows > 15
