"""A backup is the whole office or nothing, a restore is the same office or nothing."""

import json
import os
import random
import subprocess
import sys
import time
from io import StringIO
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from desk.actions import document_keeping, documents
from desk.models import DocumentVersion
from kernel import crypto, seals
from kernel.actors import Actor
from kernel.models import AuditEvent
from launch import services
from launch.paths import ROOT
from office.backup import Trouble, contents, manifest, restoring, taking, tools
from office.roles import Role
from patients.models import Patient
from tests import factories
from tests.desk.papers import checked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()


@pytest.fixture
def office(settings, location):
    """A small office: people, visits, a file that waits for its job, a sealed trail."""
    factories.PractitionerFactory(available=location)
    for name in ("Ana", "Bo", "Émile"):
        factories.PatientFactory(given_name=name, at=[location])
    factories.UserFactory(role=Role.MANAGER, at=[location])
    uploads = settings.DATA_DIR / "uploads"
    uploads.mkdir()
    _a_paper(location)
    (uploads / "waiting.ndjson").write_text('{"resourceType": "Patient"}\n')
    (settings.DATA_DIR / "keys").mkdir()
    (settings.DATA_DIR / "keys" / "field_keys").write_text("the key itself")
    event("seen")
    seal_all()
    return location


def _a_paper(location):
    """Its row is in the database, its file beside it."""
    system = Actor.system("tests")
    folder = document_keeping.add_folder(name="Policies", location=location, by=system)
    file = checked(b"Wash your hands.")
    documents.add_document(folder=folder, file=file, by=system, at=timezone.now())


def event(action, **fields):
    AuditEvent.objects.create(
        actor_kind="system", actor_name="x", action=action, outcome="done", **fields
    )


def seal_all():
    """Seals wait for older transactions, and the tests of the other worker hold some open."""
    until = time.monotonic() + 120
    while not seals.seal():
        assert time.monotonic() < until, "another test's transaction never ended"
        time.sleep(0.05)


@pytest.fixture
def backup(office, tmp_path):
    folder = tmp_path / "backup"
    call_command("backup", str(folder), stdout=StringIO())
    return folder


def url_of(name):
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture
def empty_database():
    """A database beside the tests' own, for a restore by a program of its own."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}"')
        link.execute(f'CREATE DATABASE "{name}"')
        yield url_of(name)
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def manage(url, folder, *words, **more):
    """`manage.py …` as an operator types it, on another machine's database and data folder."""
    folder.mkdir(exist_ok=True)
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "office.settings.test", "DATABASE_URL": url,
        "TEST_DATA_DIR": str(folder), **more,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *map(str, words)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def contents_of(url):
    with psycopg.connect(url, options=tools.READING) as link:
        return contents.read(link)


def test_the_drill_what_comes_back_is_what_was_there(backup, empty_database, tmp_path):
    told = manifest.read(backup)
    elsewhere = tmp_path / "elsewhere"

    done = manage(empty_database, elsewhere, "restore", backup)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "each table is as it was" in done.stdout
    assert "The audit trail holds" in done.stdout
    restored = contents_of(empty_database)
    changed = {"public.django_session", "public.kernel_auditevent", "public.kernel_auditseal"}
    for name in told.contents.tables.keys() - changed:  # those the restore itself writes to
        assert restored.tables[name] == told.contents.tables[name], name
    assert restored.schema == told.contents.schema
    assert (elsewhere / "uploads" / "waiting.ndjson").read_text().startswith("{")
    assert told.contents.tables["public.patients_patient"][0] == 3
    name = DocumentVersion.objects.get().sha256
    assert (elsewhere / "documents" / name[:2] / name).read_bytes() == b"Wash your hands."

    verified = manage(empty_database, elsewhere, "verify_audit", "--json")
    assert json.loads(verified.stdout)["holds"] is True
    assert json.loads(verified.stdout)["outside"] == "same"

    again = manage(empty_database, elsewhere, "restore", backup)
    assert again.returncode == 1
    assert "is not empty" in again.stderr

    with psycopg.connect(empty_database) as link:
        link.execute("DELETE FROM patients_patientlocation")
    replaced = manage(empty_database, elsewhere, "restore", backup, "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert (
        contents_of(empty_database).tables["public.patients_patientlocation"]
        == told.contents.tables["public.patients_patientlocation"]
    )


def test_a_flipped_byte_in_any_file_is_found(backup):
    chance = random.Random(60)
    files = [path for path in sorted(backup.rglob("*")) if path.is_file() and path.stat().st_size]
    assert len(files) > 50
    for path in files:
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(
            whole[:place] + bytes([whole[place] ^ chance.randrange(1, 256)]) + whole[place + 1 :]
        )
        with pytest.raises(Trouble, match="damaged|do not fit|not sealed"):
            restoring.check(backup)
        path.write_bytes(whole)
    restoring.check(backup)


def test_a_damaged_backup_restores_nothing(backup, empty_database, tmp_path):
    dump = max((backup / "database").iterdir(), key=lambda path: path.stat().st_size)
    whole = bytearray(dump.read_bytes())
    whole[len(whole) // 2] ^= 1
    dump.write_bytes(whole)

    done = manage(empty_database, tmp_path / "elsewhere", "restore", backup)

    assert done.returncode == 1
    assert f"database/{dump.name} is not as it was written" in done.stderr
    assert contents_of(empty_database).tables == {}
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_document_whose_file_was_changed_or_is_gone_is_found(backup):
    name = DocumentVersion.objects.get().sha256
    kept = backup / "files" / "documents" / name[:2] / name
    kept.write_bytes(b"Wash your feet. ")
    with pytest.raises(Trouble, match=f"{name} is not as it was written"):
        restoring.check(backup)
    kept.unlink()
    with pytest.raises(Trouble, match=f"{name} is missing"):
        restoring.check(backup)


def test_a_missing_or_strange_file_is_found(backup):
    waiting = backup / "files" / "uploads" / "waiting.ndjson"
    strange = waiting.with_name("more.ndjson")
    waiting.rename(strange)

    with pytest.raises(
        Trouble, match=r"more.ndjson does not belong(?s:.*)waiting.ndjson is missing"
    ):
        restoring.check(backup)


def test_a_manifest_written_anew_without_our_key_is_found(backup, settings):
    settings.FIELD_KEYS = ["test:" + "QUJD" * 10 + "QUI="]
    told = manifest.read(backup)
    told.write(backup)  # fits in every checksum, but was sealed by somebody else
    settings.FIELD_KEYS = ["test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]

    with pytest.raises(Trouble, match="not sealed with our keys"):
        restoring.check(backup)


def test_a_missing_field_key_is_a_sentence(backup, settings):
    another = "QUJD" * 10 + "QUI="
    for keys, sentence in [
        ([f"test:{another}"], "not the one this backup was made with"),
        ([f"other:{another}"], "lacks the key “test”"),
        ([], "lacks the key “test”"),
    ]:
        settings.FIELD_KEYS = keys
        with pytest.raises(Trouble, match=sentence):
            restoring.check(backup)
        restoring.check(backup, without_keys=True)


def test_no_key_is_in_a_backup(backup, settings):
    key = settings.FIELD_KEYS[0].partition(":")[2].encode()
    for path in backup.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert b"the key itself" not in raw
            assert key not in raw
            assert settings.SECRET_KEY.encode() != raw
            assert path.stat().st_mode & 0o077 == 0
    assert not (backup / "files" / "keys").exists()
    assert crypto.marks().keys() == {"test"}


def test_a_backup_never_writes_over_something(backup):
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(backup))


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(office, tmp_path, settings):
    settings.POSTGRES_TOOLS = str(tmp_path)  # no pg_dump here

    with pytest.raises((Trouble, OSError)):
        taking.take(tmp_path / "backup")
    assert not list(tmp_path.glob("*backup*"))


def test_taking_one_is_on_record(backup):
    assert AuditEvent.objects.filter(action=taking.DONE).count() == 1


def test_rows_that_differ_are_told_by_table(office):
    with tools.connect() as link:
        before = contents.read(link)
        Patient.objects.filter(given_name="Bo").update(given_name="Bob")
        after = contents.read(link)
        assert before.differences(before) == []
        assert "Table public.patients_patient: the rows differ from those in the backup." in (
            before.differences(after)
        )
        link.execute("ALTER TABLE patients_patient DROP CONSTRAINT IF EXISTS backup_try")
        link.execute("ALTER TABLE patients_patient ADD CONSTRAINT backup_try CHECK (true)")
        assert after.differences(contents.read(link)) == [
            "Constraints, indexes, triggers or columns differ from the backup."
        ]
        link.execute("ALTER TABLE patients_patient DROP CONSTRAINT backup_try")


@pytest.mark.parametrize("role", ["DATABASE_OWNER_URL", "DATABASE_URL"])
def test_somebody_at_work_is_not_restored_over(backup, role):
    """Under whichever role: the office serves as another one than the one that restores."""
    known = services.state("test")
    if known is None:
        pytest.skip("somebody else's Postgres: its roles are not ours to know")
    url = known["urls"][role]
    with (
        psycopg.connect(url, dbname=connection.settings_dict["NAME"]),
        pytest.raises(Trouble, match="still open: 1 other"),
    ):
        restoring.restore(backup, replace=True)
    assert Patient.objects.count() == 3


def test_a_backup_of_a_newer_program_is_refused(backup):
    told = manifest.read(backup)
    told.migrations.append(["patients", "9999_from_the_future"])
    told.write(backup)

    with pytest.raises(Trouble, match=r"newer program.*patients\.9999_from_the_future"):
        restoring.restore(backup)
