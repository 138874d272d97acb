"""The launcher's small parts, each where it is easy to be wrong."""

import base64
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from launch import __main__ as entry
from launch import database, environment, keys, office, paths, processes, progress, steps
from launch.paths import Trouble
from tests.launch.checkout import until


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_key_is_made_once_and_for_its_owner_alone(data_dir: Path) -> None:
    first = keys.secret_key()

    assert keys.secret_key() == first
    assert stat.S_IMODE((data_dir / "keys" / "secret_key").stat().st_mode) == 0o600
    assert len(first) > 50


def test_two_starts_at_once_agree_on_a_key(data_dir: Path) -> None:
    together = threading.Barrier(8)
    made: list[str] = []

    def make() -> None:
        together.wait()
        made.append(keys.password("together"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 1


def test_field_keys_are_what_the_office_reads_newest_first(data_dir: Path) -> None:
    name, _, encoded = keys.field_keys().partition(":")
    assert (name, len(base64.b64decode(encoded))) == ("1", 32)

    path = data_dir / "keys" / "field_keys"
    path.write_text("2:newer\n" + path.read_text())

    assert keys.field_keys() == f"2:newer,1:{encoded}"


def test_an_emptied_key_is_a_sentence_and_not_a_new_key(data_dir: Path) -> None:
    keys.field_keys()
    (data_dir / "keys" / "field_keys").write_text("")

    with pytest.raises(Trouble, match="is empty"):
        keys.field_keys()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1"])
def test_a_port_is_taken_whichever_loopback_it_listens_on(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        server = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip(f"no {address} here")
    with server:
        port = server.getsockname()[1]

        assert not processes.is_free(port)
        assert processes.free_port(port) > port


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert not processes.is_alive(child.pid)
    child.wait()


def test_a_stubborn_child_and_its_children_are_ended() -> None:
    stubborn = "trap '' TERM; sleep 60 & echo $!; sleep 60; sleep 60"
    child = processes.start(["/bin/sh", "-c", stubborn], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout as words:
        grandchild = int(words.readline())

        processes.stop([child], patience=0.3)

    assert child.returncode == -signal.SIGKILL
    until(lambda: not processes.is_alive(grandchild), 5)


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path: Path) -> None:
    mine, theirs = processes.Lock(tmp_path / "lock"), processes.Lock(tmp_path / "lock")

    assert mine.take()
    assert not theirs.take(wait=False)
    assert theirs.is_held_elsewhere()
    mine.release()
    assert theirs.take(wait=False)


def test_a_failed_tool_shows_what_it_said() -> None:
    with pytest.raises(Trouble, match=r"(?s)ended with 3.*the reason"):
        progress.run(sys.executable, "-c", "print('the reason'); raise SystemExit(3)")


def test_news_are_the_lines_since_we_looked(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    news = office.News(log)

    with open(log, "a") as file:
        file.write("one\ntwo\n")
    assert news.read() == ["one", "two"]
    assert news.read() == []

    log.write_text("new\n")
    assert news.read() == ["new"]


def test_what_is_already_set_wins() -> None:
    given = {
        "DATABASE_URL": "postgresql://elsewhere/office",
        "REDIS_URL": "redis://elsewhere",
        "SECRET_KEY": "theirs",
        "FIELD_KEYS": "theirs",
    }

    settled = dict(given)
    environment.settle(settled)

    assert given.items() <= settled.items()
    assert settled["DATABASE_OWNER_URL"] == given["DATABASE_URL"]
    assert settled["DJANGO_SETTINGS_MODULE"] == "office.settings.dev"


def test_a_password_goes_to_psql_by_its_environment() -> None:
    asked = database.connection_of("postgresql://owner:secret@db.example:6000/office")

    assert asked["PGPASSWORD"] == "secret"
    assert (asked["PGHOST"], asked["PGPORT"], asked["PGDATABASE"]) == (
        "db.example",
        "6000",
        "office",
    )


def test_a_digest_knows_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("a")

    assert steps.digest([one]) != steps.digest([two])
    before = steps.digest([one])
    one.write_text("b")
    assert steps.digest([one]) != before


def test_a_broken_python_shim_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'python3.12: command not found'; exit 127\n")
    shim.chmod(0o755)

    assert not entry.works(str(shim))
    assert entry.works(sys.executable)


@pytest.mark.parametrize(
    ("version", "good"), [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False)]
)
def test_the_pythons_we_run_on(version: tuple[int, int], good: bool) -> None:
    assert entry.is_good(version) is good


def test_every_module_is_compiled_once_even_where_source_folders_stay_clean(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)

    paths.keep_bytecode()

    asked = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", str(paths.TOOLS / "pycache")]
