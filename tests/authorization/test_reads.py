"""
Whoever was shown something of a person is in the trail with that person (A-20).

The canaries tell: an answer that holds a word of somebody's chart or file must have left an event that
names them, whatever page, list, fragment, print or API noun it came from.
"""

import pytest
from django.core.cache import cache

from kernel.models import AuditEvent
from office.roles import Role
from tests.authorization import bodies, matrix, watching

OF_THE_CHART = (
    "family", "given", "mrn", "called", "race", "street", "mother", "chartnote", "phone", "reason",
    "visitnote", "openvisit", "cancelreason", "sharedvisit", "sharedreason", "tasktitle", "tasktext", "taskcomment",
    "lettertitle", "letterwords",
)  # fmt: skip
OF_THE_FILE = ("staffphone", "staffmail", "license", "licensename", "leavenote")


def untold(world, cell):
    """Whose words the answer holds without an event that names them; None: it holds nobody's."""
    cache.clear()  # each cell is a first look
    before = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = matrix.send(world, cell)
    if answer.status_code != 200:
        return None
    told, sent = watching.text_of(answer), bodies.words(world, cell)
    named = set()
    for ids in AuditEvent.objects.filter(pk__gt=before).values_list("subject_ids", flat=True):
        named |= {str(each) for each in ids}
    shown = {
        who: [word for word in words if f"zq{word}here" in told and f"zq{word}here" not in sent]
        for who, words in (("patient", OF_THE_CHART), ("employee", OF_THE_FILE))
    }
    if not any(shown.values()):
        return None
    return [
        f"{cell}: shows {', '.join(words)} of the {who}, and the trail does not say so"
        for who, words in shown.items()
        if words and str(getattr(world.here, who).pk) not in named
    ]


@pytest.mark.parametrize(
    "role",
    [Role.FRONT_DESK, Role.MANAGER, Role.HR],
    ids=lambda role: role.name.lower(),
)
def test_whatever_shows_a_person_is_in_the_trail(world, role):
    person = world.role(role)
    showed, missing = 0, []
    for route in matrix.asked_routes():
        for method in ("get", "post"):
            for cell in matrix.cells_of(route, person, [method], ["own"]):
                with watching.undone():
                    found = untold(world, cell)
                showed += found is not None
                missing += found or []

    assert not missing, "\n".join(missing)
    assert showed > 8, "hardly anything was shown: nothing was tried"
