import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

ONE_MIGRATES = 7_310_002  # advisory lock: two deployments at once are one after the other
LOCKED = {"55P03", "40P01"}  # lock_not_available, deadlock_detected
LONGEST_WAIT = 30.0
TIMES = (
    "-c lock_timeout={lock_ms} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    " -c client_min_messages=warning"
)


class Command(Migrate):
    """
    `migrate` that does not hold up the desk: it waits two seconds for a table, then lets everybody pass
    and tries again, later each time. A migration that waits for a lock makes all behind it wait too.
    """

    help = "Migrate with a short lock time-out and retries, one deployment at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--lock-timeout", type=float, default=2.0, help="seconds")
        parser.add_argument("--tries", type=int, default=12)

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        with _patient(alias, options["lock_timeout"]), self._one_at_a_time(alias):
            for number in range(1, options["tries"] + 1):
                try:
                    super().handle(*args, **options)
                except OperationalError as error:
                    self._again_or_not(error, alias, number, options["tries"])
                else:
                    return

    def _again_or_not(self, error: OperationalError, alias: str, number: int, tries: int) -> None:
        """
        :raises CommandError: too many tries, or a migration that may stand half done
        """
        if getattr(error.__cause__, "sqlstate", "") not in LOCKED:
            raise error
        waiting = next_of(alias)
        if waiting and not waiting.atomic:
            raise CommandError(
                f"{waiting} is not one transaction and met a lock: look at what it did before going on."
            ) from error
        if number == tries:
            raise CommandError(
                f"{waiting} found its table locked {tries} times; nothing of it was applied. Who holds "
                "it stands in pg_stat_activity: look for the oldest xact_start."
            ) from error
        pause = min(LONGEST_WAIT, 0.25 * 2**number)
        self.stderr.write(f"{waiting}: the table is locked; everybody passes, try {number + 1} of {tries}"
                          f" in {pause:.1f} s.")  # fmt: skip
        connections[alias].close()
        time.sleep(pause)

    @contextmanager
    def _one_at_a_time(self, alias: str) -> Iterator[None]:
        """A lock on a connection of its own, so that it outlives the transactions of the migrations."""
        holder = connections.create_connection(alias)
        try:
            with holder.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_MIGRATES])
                if not cursor.fetchone()[0]:
                    self.stderr.write("Another deployment migrates; waiting for it.")
                    self._wait(cursor)
            yield
        finally:
            holder.close()

    def _wait(self, cursor: Any) -> None:
        taken = False
        while not taken:
            time.sleep(0.5)
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_MIGRATES])
            taken = cursor.fetchone()[0]


@contextmanager
def _patient(alias: str, lock_seconds: float) -> Iterator[None]:
    """Time-outs made for pages do not fit: a migration may take minutes, but wait for nobody."""
    connection = connections[alias]
    options = connection.settings_dict.setdefault("OPTIONS", {})
    before = options.get("options", "")
    _hang_up(connection)
    options["options"] = f"{before} {TIMES.format(lock_ms=int(lock_seconds * 1000))}".strip()
    try:
        yield
    finally:
        _hang_up(connection)
        options["options"] = before


def _hang_up(connection: Any) -> None:
    """The next connection is made with the options of then."""
    connection.close()
    if connection.pool:
        connection.close_pool()


def next_of(alias: str = DEFAULT_DB_ALIAS) -> Any:
    """The migration that comes next; None when all are applied."""
    executor = MigrationExecutor(connections[alias])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return waiting[0][0] if waiting else None
