"""
The audit trail under attack and under load, in a database of its own.

By the serving role every attempt is refused. By the tables' owner, who can lift every protection, it is
noticed. A clean trail raises no alarm, however long. What is not sealed yet cannot be told from what was
never written: that window is measured too.
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import django

from benchmarks import apart, house

NAME = "office_bench_trail"
EVENTS, SEALS = 300, 15
SIZES = {
    "ci": (60, 5_000),
    "small": (1_000, 100_000),
    "full": (1_000, 1_000_000),
}  # attempts, clean rows
MANY = (
    "INSERT INTO kernel_auditevent (actor_kind, actor_id, actor_name, action, outcome, subject_kind, subject_ids,"
    " reason, details, source) SELECT 'staff', gen_random_uuid(), 'Clerk ' || n, 'patients:profile', 'read',"
    " 'patients.patient', ARRAY[gen_random_uuid()], '', '{}', '127.0.0.1 GET' FROM generate_series(1, %s) n"
)

# By the serving role. Each is one statement that would rewrite the past.
ATTEMPTS = (
    "UPDATE kernel_auditevent SET reason = 'x' WHERE id = {id}",
    "UPDATE kernel_auditevent SET actor_name = 'Somebody'",
    "DELETE FROM kernel_auditevent WHERE id = {id}",
    "DELETE FROM kernel_auditevent",
    "TRUNCATE kernel_auditevent",
    "UPDATE kernel_auditseal SET digest = md5(digest) WHERE id = {seal}",
    "DELETE FROM kernel_auditseal WHERE id = {seal}",
    "TRUNCATE kernel_auditseal",
    "ALTER TABLE kernel_auditevent DISABLE TRIGGER USER",
    "DROP TABLE kernel_auditevent",
    "SET session_replication_role = replica",
    "UPDATE kernel_auditevent SET id = id + 100000 WHERE id = {id}",
    "WITH gone AS (DELETE FROM kernel_auditevent WHERE id = {id} RETURNING *) SELECT count(*) FROM gone",
    "INSERT INTO kernel_auditevent SELECT * FROM kernel_auditevent WHERE id = {id}"
    " ON CONFLICT (id) DO UPDATE SET reason = 'x'",
    "MERGE INTO kernel_auditevent t USING (SELECT {id}::bigint AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE",
)


def audit(scale: str) -> Iterator[dict[str, Any]]:
    yield from apart.lines("benchmarks.trail", scale)


def refused(attempts: int, chance: random.Random) -> dict[str, Any]:
    """As the application, straight past its code."""
    import psycopg

    got_through = []
    with psycopg.connect(os.environ["APP_URL"], autocommit=True) as link:
        for number in range(attempts):
            sql = ATTEMPTS[number % len(ATTEMPTS)].format(
                id=chance.randrange(1, EVENTS), seal=chance.randrange(1, SEALS)
            )
            try:
                link.execute(sql)
                got_through.append(sql)
            except psycopg.Error:
                continue
    return {
        "what": "as the application",
        "n": attempts,
        "refused": attempts - len(got_through),
        "unexpected": len(got_through),
    }


def ways() -> dict[str, Callable[[Any, random.Random], None]]:
    """What somebody with the owner's account could do; each changes the past."""
    columns = ["reason = reason || 'x'", "actor_name = 'Somebody'", "outcome = 'done'", "at = at - interval '1 h'",
               "subject_ids = '{}'", "details = '{\"a\": 1}'", "source = ''", "action = 'x'"]  # fmt: skip

    def edit(cursor: Any, chance: random.Random) -> None:
        cursor.execute(
            f"UPDATE kernel_auditevent SET {chance.choice(columns)} WHERE id = %s",  # noqa: S608  ours
            [chance.randrange(1, EVENTS)],
        )

    def remove(cursor: Any, chance: random.Random) -> None:
        cursor.execute("DELETE FROM kernel_auditevent WHERE id = %s", [chance.randrange(1, EVENTS)])

    def slip_in(cursor: Any, chance: random.Random) -> None:
        cursor.execute(
            "INSERT INTO kernel_auditevent (transaction_id, actor_kind, actor_name, action, outcome, subject_kind,"
            " subject_ids, reason, details, source) SELECT transaction_id, 'staff', 'Nobody', 'x', 'read', '', '{}',"
            " '', '{}', '' FROM kernel_auditevent WHERE id = %s",
            [chance.randrange(1, EVENTS)],
        )

    def swap(cursor: Any, chance: random.Random) -> None:
        one, other = chance.sample(range(1, EVENTS), 2)
        cursor.execute(
            "UPDATE kernel_auditevent e SET actor_id = o.actor_id, subject_ids = o.subject_ids FROM"
            " kernel_auditevent o WHERE (e.id, o.id) IN ((%s, %s), (%s, %s))",
            [one, other, other, one],
        )

    def cut_the_tail(cursor: Any, chance: random.Random) -> None:
        first = chance.randrange(2, SEALS)
        cursor.execute(
            "DELETE FROM kernel_auditevent WHERE transaction_id >= (SELECT from_transaction FROM kernel_auditseal"
            " WHERE id = %s)",
            [first],
        )
        cursor.execute("DELETE FROM kernel_auditseal WHERE id >= %s", [first])

    def seal_anew(cursor: Any, chance: random.Random) -> None:
        from kernel import seals

        edit(cursor, chance)
        cursor.execute("DELETE FROM kernel_auditseal")
        seals.seal()  # inside this transaction: the copy outside is not written before a commit

    def change_a_seal(cursor: Any, chance: random.Random) -> None:
        cursor.execute(
            "UPDATE kernel_auditseal SET digest = md5(digest) || md5(digest) WHERE id = %s",
            [chance.randrange(1, SEALS)],
        )

    return {"edit": edit, "remove": remove, "slip_in": slip_in, "swap": swap, "tail": cut_the_tail,
            "anew": seal_anew, "seal": change_a_seal}  # fmt: skip


def noticed(attempts: int, chance: random.Random) -> dict[str, Any]:
    """As the owner, with every protection lifted; each attempt is taken back afterwards."""
    from django.db import connection, transaction

    from kernel import seals

    missed, kinds = [], list(ways().items())
    for number in range(attempts):
        name, tamper = kinds[number % len(kinds)]
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
                cursor.execute("ALTER TABLE kernel_auditseal DISABLE TRIGGER USER")
                tamper(cursor, chance)
            if not seals.verify().breaks:
                missed.append(name)
            transaction.set_rollback(True)
    return {
        "what": "as the owner",
        "n": attempts,
        "noticed": attempts - len(missed),
        "unexpected": len(missed),
        "missed": sorted(set(missed)),
    }


def clean(rows: int) -> dict[str, Any]:
    """A long trail that nobody touched."""
    from django.db import connection

    from kernel import patrol, seals
    from kernel.models import AuditPatrol

    done = 0
    while done < rows:
        with connection.cursor() as cursor:
            cursor.execute(MANY, [min(5_000, rows - done)])
        done += min(5_000, rows - done)
        seals.seal()
    began = time.perf_counter()
    found = seals.verify()
    seconds, ticks = time.perf_counter() - began, 0
    AuditPatrol.objects.all().delete()
    while not (AuditPatrol.objects.filter(finished_at__isnull=False).exists()):
        patrol.walk()
        ticks += 1
    return {
        "what": "clean",
        "n": found.events,
        "unexpected": len(found.breaks) + len(patrol.alarms()),
        "seconds_verify": round(seconds, 1),
        "per_s": round(found.events / seconds),
        "patrol_ticks": ticks,
    }


def load(seconds: float) -> dict[str, Any]:
    """Reads recorded by eight writers while seals are made."""
    from django.db import connections

    from kernel import seals
    from kernel.actors import Actor, ActorKind
    from kernel.audit import record_read

    counts, over = [], threading.Event()

    def writer() -> None:
        clerk, count = Actor(ActorKind.STAFF, uuid4(), "Clerk"), 0
        while not over.is_set():
            record_read(clerk, page="patients:profile", kind="patients.patient", ids=[uuid4()])
            count += 1
        counts.append(count)
        connections.close_all()

    writers = [threading.Thread(target=writer) for _ in range(8)]
    for each in writers:
        each.start()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        time.sleep(1)
        seals.seal()
    over.set()
    for each in writers:
        each.join()
    seals.seal()
    left = seals.verify().not_sealed
    return {
        "what": "load",
        "n": sum(counts),
        "per_s": round(sum(counts) / seconds),
        "unexpected": left,
    }


def make_place() -> None:
    owner = house.with_name(os.environ["DATABASE_OWNER_URL"], NAME)
    app = house.with_name(os.environ["DATABASE_URL"], NAME)
    house.create(os.environ["DATABASE_OWNER_URL"], NAME, anew=True)
    os.environ |= {"DATABASE_OWNER_URL": owner, "DATABASE_URL": owner, "APP_URL": app}
    os.environ["AUDIT_HEAD_FILE"] = os.path.join(os.environ["DATA_DIR"], "bench-audit-head")
    house.manage("migrate", "--no-input", "-v", "0")
    django.setup()
    from django.db import connection

    from kernel import seals

    for _ in range(SEALS):
        with connection.cursor() as cursor:
            cursor.execute(MANY, [EVENTS // SEALS])
        seals.seal()


def main() -> int:
    attempts, rows = SIZES[sys.argv[1]]
    chance = random.Random(22)
    make_place()
    for bench in (
        lambda: refused(attempts, chance),
        lambda: noticed(attempts, chance),
        lambda: clean(rows),
        lambda: load(4.0),
    ):
        print(json.dumps(bench()), flush=True)
    house.drop(os.environ["DATABASE_OWNER_URL"], NAME)
    return 0


BENCHES = {"audit": audit}

if __name__ == "__main__":
    sys.exit(main())
