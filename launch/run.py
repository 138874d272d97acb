"""`make run`: everything, under one foreground process, and nothing left when it ends."""

import json
import os
import subprocess
import time

from launch import database, documents, environment, processes, services, steps
from launch.office import Office, run_file
from launch.paths import (
    ROOT,
    VENV_PYTHON,
    Trouble,
    check_kind,
    data_dir,
    make_private,
    wants_demo,
)
from launch.progress import say, step
from launch.supervisor import instance_at

PORT = 8000
ACCOUNTS = "manager frontdesk physician nurse biller hr privacy admin"


def main() -> int:
    check_kind()
    port = preferred_port()
    alone = processes.Lock(data_dir() / "running")
    if not take_turn(alone):
        return 0
    begun = time.monotonic()
    processes.adopt_orphans()
    try:
        serve(port, begun)
    finally:
        if not services.stop_unused("dev"):
            say("Postgres and Valkey stay up a little longer: another command uses them.")
        alone.release()
    return 0


def serve(port: int, begun: float) -> None:
    """Set up, start, say where, and stay until somebody stops us."""
    own_servers = environment.needs_servers(os.environ)
    env = dict(os.environ)
    with steps.set_up(dev=False):
        with step("Postgres and Valkey") as now:
            environment.settle(env)
            now.remark = where_the_data_is() if own_servers else "yours, by the environment"
        env |= {"DEMO": "1" if wants_demo() else "0", "PYTHONUNBUFFERED": "1"}
        database.migrate(env)
    make_private(data_dir() / "static")  # whitenoise warns about a folder that is not there
    documents.mention_missing_pango()
    office = Office(env, preferred_port=port, own_servers=own_servers)
    try:
        with database.seeding(env), step("web and events"):
            office.open()
        office.start_worker()
        announce(office, time.monotonic() - begun)
        office.look_after()
    finally:
        office.close()


def where_the_data_is() -> str:
    """Worth a word when it is not where everything else is."""
    known = services.state("dev")
    if known is None or known["home"].startswith(str(data_dir())):
        return ""
    return f"data in {known['home']}"


def setup_code(env: dict[str, str]) -> str:
    """What claims an office without accounts; empty once there is one."""
    asked = subprocess.run(
        [VENV_PYTHON, "manage.py", "setup_code"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()


def preferred_port() -> int:
    given = os.environ.get("PORT") or str(PORT)
    if not given.isdigit() or not 1 <= int(given) <= 65_400:
        raise Trouble(f"PORT={given} is not a port; a number from 1 to 65400 is wanted.")
    return int(given)


def take_turn(alone: processes.Lock) -> bool:
    """True when it is ours to start; False when the office is open already, and where is said."""
    begun, said = time.monotonic(), False
    while not alone.take(wait=False):
        known = known_run()
        if known and instance_at(int(known["port"])) == known["token"]:
            say(f"Already running at http://localhost:{known['port']} (process {known['pid']}).")
            return False
        if not said and time.monotonic() - begun > 1:
            say("Another `make run` is starting this office; waiting for it.")
            said = True
        time.sleep(0.2)
    return True


def known_run() -> dict[str, int | str] | None:
    try:
        return dict(json.loads(run_file().read_text()))
    except (OSError, ValueError):
        return None


def announce(office: Office, seconds: float) -> None:
    say(f"{seconds:6.1f} s  in all")
    if office.port != office.preferred_port:
        say(f"Port {office.preferred_port} is taken by somebody else.")
    say()
    say(f"  The office is open:  http://localhost:{office.port}")
    if wants_demo():
        names = [f"{name}@demo.office" for name in ACCOUNTS.split()]
        say("  Demo accounts, one button each:  " + " ".join(names[:4]))
        say(" " * 35 + " ".join(names[4:]))
    elif code := setup_code(office.supervisor.env):
        say("  Nobody has an account yet. The first page makes yours, and asks for this code:")
        say(f"      {code}")
    say("  Ctrl-C closes it.")
    say()
