"""Looking is recorded once while a page stays open, whatever else was looked at before."""

from uuid import uuid4

import pytest

from kernel import audit
from kernel.actors import Actor, ActorKind
from kernel.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return Actor(ActorKind.STAFF, uuid4(), "Maria Lopez")


def _ids(how_many):
    return [uuid4() for _ in range(how_many)]


def _telling(told, function):
    def tell(asked, *more):
        told.append(list(asked))
        return function(asked, *more)

    return tell


def test_a_look_costs_its_own_rows_however_much_was_looked_at_before(reader, monkeypatch):
    audit.record_read(
        reader, page="day", kind="patients.patient", ids=_ids(500), view=f"v{reader.id}"
    )
    asked, kept = [], []
    monkeypatch.setattr(audit.cache, "get_many", _telling(asked, audit.cache.get_many))
    monkeypatch.setattr(audit.cache, "set_many", _telling(kept, audit.cache.set_many))

    audit.record_read(
        reader, page="day", kind="patients.patient", ids=_ids(3), view=f"v{reader.id}"
    )

    assert [len(each) for each in asked] == [3]
    assert [len(each) for each in kept] == [3]


def test_a_refresh_records_only_what_it_had_not_shown_yet(reader):
    first, later = _ids(2), _ids(1)

    for shown in (first, first, [*first, *later]):
        audit.record_read(
            reader, page="day", kind="patients.patient", ids=shown, view=f"w{reader.id}"
        )

    recorded = AuditEvent.objects.order_by("pk").values_list("subject_ids", flat=True)
    assert [list(each) for each in recorded] == [first, later]
