"""A migration waits two seconds for a table, lets everybody pass, and tries again; one deployment at a time."""

import os
import threading
import time
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.management.commands import migrate_safely

PATIENCE = 120  # seconds
pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'tried'"


@pytest.fixture(autouse=True)
def _locking_migrations(settings):
    settings.MIGRATION_MODULES = {"fhir": "tests.kernel.locking_migrations"}
    yield
    call_command("migrate", "fhir", "zero", verbosity=0)


@pytest.fixture
def link():
    """Somebody else's session."""
    told = connection.settings_dict
    with psycopg.connect(
        host=told["HOST"], port=told["PORT"], user=told["USER"], password=told["PASSWORD"],
        dbname=told["NAME"], autocommit=True,
    ) as found:  # fmt: skip
        yield found


def migrate(until="0001", **options):
    """What it said meanwhile."""
    said = StringIO()
    options = {"lock_timeout": 0.3, "verbosity": 0, "stderr": said, **options}
    call_command("migrate_safely", "fhir", until, **options)
    return said.getvalue()


def is_widened(link):
    return link.execute(COLUMNS).fetchone()[0] == 1


def test_it_tries_again_until_the_reader_has_gone_and_holds_up_nobody(link, practice, monkeypatch):
    link.execute("BEGIN")
    link.execute("SELECT * FROM office_practice")  # a long report
    longest = []

    def pause(seconds):
        """Between two tries others read at once; after the second the long report ends."""
        began = time.perf_counter()
        with psycopg.connect(os.environ["DATABASE_URL"], dbname=link.info.dbname) as other:
            other.execute("SELECT * FROM office_practice")
        longest.append(time.perf_counter() - began)
        if len(longest) == 2:
            link.execute("ROLLBACK")

    monkeypatch.setattr(migrate_safely.time, "sleep", pause)
    said = migrate()

    assert is_widened(link)
    assert said.count("the table is locked; everybody passes") == 2
    assert len(longest) == 2


def test_a_lock_that_stays_is_a_sentence_and_nothing_is_applied(link, practice, monkeypatch):
    monkeypatch.setattr(migrate_safely.time, "sleep", lambda _: None)
    link.execute("BEGIN")
    link.execute("LOCK TABLE office_practice IN ACCESS SHARE MODE")

    began = time.perf_counter()
    with pytest.raises(CommandError, match=r"fhir\.0001_widen found its table locked 2 times"):
        migrate(tries=2)

    assert 0.6 <= time.perf_counter() - began < PATIENCE
    link.execute("ROLLBACK")
    assert not is_widened(link)


def test_what_is_not_one_transaction_is_not_tried_again(link, practice):
    migrate()
    link.execute("BEGIN")
    link.execute("LOCK TABLE office_practice IN ACCESS SHARE MODE")

    with pytest.raises(CommandError, match="0002_in_steps is not one transaction and met a lock"):
        migrate(until="0002")
    link.execute("ROLLBACK")


def test_a_second_deployment_waits_for_the_first(link, practice):
    link.execute("SELECT pg_advisory_lock(%s)", [migrate_safely.ONE_MIGRATES])
    said, done = StringIO(), threading.Event()

    def deploy():
        try:
            migrate(stderr=said)
        finally:
            connection.close()
            done.set()

    second = threading.Thread(target=deploy)
    second.start()
    until = time.monotonic() + PATIENCE
    while "waiting for it" not in said.getvalue() and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_widened(link)
    link.execute("SELECT pg_advisory_unlock(%s)", [migrate_safely.ONE_MIGRATES])

    assert done.wait(PATIENCE)
    second.join()
    assert is_widened(link)


def test_the_time_outs_of_pages_come_back(link):
    before = connection.settings_dict["OPTIONS"]["options"]
    migrate()

    assert connection.settings_dict["OPTIONS"]["options"] == before
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("15s",)
