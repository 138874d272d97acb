"""The audit trail is sealed, and `verify_audit` notices whatever was done to it since, even by the tables' owner."""

import json
import time
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from kernel import patrol, seals, work
from kernel.actors import Actor, ActorKind
from kernel.audit import record_read
from kernel.models import AuditEvent, AuditPatrol, AuditSeal
from office.roles import Role
from tests import factories

PATIENCE = 120  # seconds; the tests of the other worker hold transactions open
# Only what has committed is sealed, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def looked(times=1):
    """Somebody looked, and no transaction of the cluster is older: the next seal takes it all."""
    for _ in range(times):
        reader = Actor(ActorKind.STAFF, uuid4(), "Maria Lopez")
        record_read(reader, page="patients:profile", kind="patients.patient", ids=[uuid4()])
    until = time.monotonic() + PATIENCE
    while not _all_older_have_ended():
        assert time.monotonic() < until, "another test's transaction never ended"
        time.sleep(0.05)


def _all_older_have_ended():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint > transaction_id"
            " FROM kernel_auditevent ORDER BY id DESC LIMIT 1"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def chain():
    """Three seals over five events, the last of them three."""
    for times in (1, 1, 3):
        looked(times)
        assert seals.seal() == times
    return list(AuditSeal.objects.order_by("id"))


@contextmanager
def as_owner(table):
    """The owner of the tables may lift the protection; what it does meanwhile is noticed all the same."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verified(*options):
    """(exit code, what was printed)"""
    printed = StringIO()
    try:
        call_command("verify_audit", *options, stdout=printed)
    except SystemExit as ended:
        return ended.code, printed.getvalue()
    return 0, printed.getvalue()


def test_a_clean_trail_holds_and_what_was_checked_is_said(chain):
    looked()

    status, said = verified()

    assert status == 0
    assert "3, over 5 events." in said
    assert "Not sealed yet:     1 events." in said
    assert chain[-1].digest in said
    assert "It is the newest seal." in said
    assert "The trail holds." in said


def test_an_empty_trail_holds():
    assert verified()[0] == 0


def test_an_event_the_owner_changed_is_found(chain):
    changed = AuditEvent.objects.order_by("id")[1]
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(
            "UPDATE kernel_auditevent SET actor_name = 'Somebody' WHERE id = %s", [changed.pk]
        )

    status, said = verified()

    assert status == 1
    assert f"Seal {chain[1].pk} of " in said
    assert "does not fit its 1 events" in said
    assert said.count("BROKEN") == 1  # the seals behind it hold
    assert "The trail holds." not in said


@pytest.mark.parametrize(
    "column", ["at = at + interval '1 hour'", "reason = 'x'", "details = '{\"a\": 1}'",
               "subject_ids = '{}'", "outcome = 'done'", "source = 'x'"],
)  # fmt: skip
def test_no_part_of_an_event_changes_unnoticed(chain, column):
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(f"UPDATE kernel_auditevent SET {column}")  # noqa: S608

    assert verified()[0] == 1


def test_an_event_taken_away_is_found(chain):
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(
            "DELETE FROM kernel_auditevent WHERE id = (SELECT max(id) FROM kernel_auditevent)"
        )

    status, said = verified()

    assert status == 1
    assert "closed over 3 events, and 2 are there." in said


def slip_in(transaction_id):
    return AuditEvent.objects.create(
        transaction_id=transaction_id, at=timezone.now() - timedelta(days=300), actor_kind="staff",
        actor_name="Nobody", action="patients:profile", outcome="read",
    )  # fmt: skip


def test_an_event_belongs_to_the_moment_it_is_written_in_whatever_it_says(chain):
    first = AuditEvent.objects.order_by("id").first()

    slipped = slip_in(first.transaction_id)

    slipped.refresh_from_db()
    assert slipped.transaction_id > first.transaction_id
    assert timezone.now() - slipped.at < timedelta(minutes=5)
    assert verified()[0] == 0


def test_an_event_slipped_in_afterwards_is_found(chain):
    first = AuditEvent.objects.order_by("id").first()
    with as_owner("kernel_auditevent"):
        slip_in(first.transaction_id)

    status, said = verified()

    assert status == 1
    assert "closed over 1 events, and 2 are there." in said


def test_a_seal_taken_out_of_the_middle_is_found(chain):
    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("DELETE FROM kernel_auditseal WHERE id = %s", [chain[1].pk])

    status, said = verified()

    assert status == 1
    assert f"does not follow on seal {chain[0].pk}" in said


def test_a_trail_cut_off_at_its_end_differs_from_the_copy_outside(chain):
    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("DELETE FROM kernel_auditseal WHERE id = %s", [chain[-1].pk])

    status, said = verified()

    assert status == 1
    assert "is not the one kept outside the database" in said


def test_a_trail_sealed_anew_differs_from_the_copy_outside(chain, settings):
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute("UPDATE kernel_auditevent SET actor_name = 'Somebody'")
    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("DELETE FROM kernel_auditseal")
    kept = (Path(settings.DATA_DIR) / "audit-head").read_text()
    seals.seal()
    (Path(settings.DATA_DIR) / "audit-head").write_text(kept)  # what lies on another machine

    assert verified()[0] == 1


def test_each_break_has_its_sentence(chain):
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute("UPDATE kernel_auditevent SET reason = 'x'")

    status, said = verified()

    assert status == 1
    assert said.count("BROKEN") == 3


def test_the_copy_outside_may_be_one_seal_behind_or_away(chain, settings):
    copy = Path(settings.DATA_DIR) / "audit-head"
    copy.write_text(chain[1].digest + "\n")  # a crash between the seal and its copy
    assert verified()[0] == 0
    assert seals.verify().outside == "one behind"

    copy.write_text(chain[0].digest + "\n")
    assert verified()[0] == 1

    copy.unlink()
    status, said = verified()
    assert status == 0
    assert "There is none here" in said


def test_for_programs_it_is_one_json_object(chain):
    status, printed = verified("--json")
    told = json.loads(printed)

    assert status == 0
    assert told == {
        "holds": True, "seals": 3, "events": 5, "not_sealed": 0, "head": chain[-1].digest,
        "outside": "same", "breaks": [],
    }  # fmt: skip

    with as_owner("kernel_auditevent") as cursor:
        cursor.execute("UPDATE kernel_auditevent SET reason = 'x'")
    status, printed = verified("--json")
    assert status == 1
    assert json.loads(printed)["holds"] is False
    assert len(json.loads(printed)["breaks"]) == 3


def test_without_lifting_the_protection_even_the_owner_changes_nothing(chain):
    with pytest.raises(DatabaseError, match="kernel_auditevent"):
        AuditEvent.objects.update(reason="x")
    with pytest.raises(DatabaseError, match="kernel_auditseal"):
        AuditSeal.objects.all().delete()


# A database that was restored into another cluster, whose transactions count anew


@pytest.fixture
def brought():
    """Two seals over three events, and one event not sealed, all numbered by a cluster far ahead of this one."""
    far = 10**9
    looked(4)
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(
            "UPDATE kernel_auditevent e SET transaction_id = %s + n.number * 10 FROM"
            " (SELECT id, row_number() OVER (ORDER BY id) AS number FROM kernel_auditevent) n WHERE n.id = e.id",
            [far],
        )
    with transaction.atomic():
        first, _ = seals._seal(seals.GENESIS, 0, far + 15, 0)
        seals._seal(first.digest, far + 15, far + 35, 0)
    return far


def test_sealing_goes_on_in_a_restored_database(brought):
    looked(2)

    assert seals.seal() == 3  # the one that came along open, and two of here

    assert seals.verify().breaks == []
    assert seals.verify().not_sealed == 0
    looked()
    assert seals.seal() == 1
    assert verified()[0] == 0


def test_numbers_that_come_again_belong_to_the_new_count(brought):
    """The new cluster reaches numbers the old one had used: each seal keeps to its own events."""
    looked(1)
    seals.seal()
    with as_owner("kernel_auditevent") as cursor:  # as if a year had passed
        cursor.execute(
            "UPDATE kernel_auditevent SET transaction_id = %s WHERE id = (SELECT max(id) FROM kernel_auditevent)",
            [brought + 5],
        )

    found = seals.verify()

    assert (
        len(found.breaks) == 1
    )  # the seal of the moved event, not the old ones that share its number
    assert f"Seal {AuditSeal.objects.order_by('id').last().pk} of" in found.breaks[0]


def test_a_change_in_what_was_brought_along_is_still_found(brought):
    looked(1)
    seals.seal()
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(
            "UPDATE kernel_auditevent SET reason = 'x' WHERE id = (SELECT min(id) FROM kernel_auditevent)"
        )

    assert verified()[0] == 1


# The patrol


def patrolled():
    patrol.walk()
    return patrol.alarms()


def test_the_patrol_finds_nothing_in_a_clean_trail_and_says_when_it_was_through(chain):
    assert patrolled() == []
    assert AuditPatrol.objects.get().finished_at is not None


def test_the_patrol_walks_a_little_at_a_time(chain):
    for seal in chain[:-1]:
        patrol.walk(seconds=0)
        assert AuditPatrol.objects.get().position == seal.pk
    patrol.walk(seconds=0)
    patrol.walk(seconds=0)

    assert AuditPatrol.objects.get().position == 0  # round and round


def test_the_patrol_raises_the_alarm_and_keeps_it(chain, client, location):
    with as_owner("kernel_auditevent") as cursor:
        cursor.execute(
            "UPDATE kernel_auditevent SET reason = 'x' WHERE id = (SELECT min(id) FROM kernel_auditevent)"
        )

    [sentence] = patrolled()

    assert f"Seal {chain[0].pk} of " in sentence
    assert patrolled() == [sentence]
    privacy = factories.actor(Role.PRIVACY, location)
    [item] = [each for each in work.queue_for(privacy, timezone.now()) if each.rank == 1]
    assert sentence in item.why
    assert json.loads(client.get("/health/ready").content)["audit"] == "does not hold"


def test_the_patrol_notices_at_once_when_the_end_is_cut_off(chain):
    for _ in range(2):
        patrol.walk(seconds=0)
    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("DELETE FROM kernel_auditseal WHERE id = %s", [chain[-1].pk])

    patrol.walk(seconds=0)

    assert "is not the one kept outside" in patrol.alarms()[0]


def test_the_patrol_notices_a_seal_that_goes_while_it_walks(chain):
    patrol.walk(seconds=0)
    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("DELETE FROM kernel_auditseal WHERE id = %s", [chain[0].pk])

    assert any("is gone" in sentence for sentence in patrolled())


def test_a_quiet_trail_is_sealed_twice_a_minute_at_most(chain):
    looked()
    assert seals.seal_if_due() == 0

    with as_owner("kernel_auditseal") as cursor:
        cursor.execute("UPDATE kernel_auditseal SET sealed_at = sealed_at - interval '31 seconds'")
    assert seals.seal_if_due() == 1
