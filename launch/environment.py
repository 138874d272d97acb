"""
The environment of every Django process: addresses of the servers, keys, and who we are.

`load()` is for `manage.py`: a command typed by hand finds the same office as `make run`. Whatever is
already set wins, so production, Docker and `make run` itself are left alone.
"""

import importlib.util
import os
import sys
from collections.abc import Mapping, MutableMapping

from launch import keys, services
from launch.paths import ROOT, VENV_PYTHON, Trouble, data_dir, keep_bytecode, wants_demo

DEV_SETTINGS = "office.settings.dev"
OWNER_OPTION = "--scale"  # seed_demo: puts indexes on last, for speed
OWNER_COMMANDS = {
    "migrate", "migrate_safely", "restore", "flush", "sqlflush", "dbshell", "squashmigrations",
    "lintmigrations",
}  # fmt: skip


def load() -> None:
    """Give this process what it needs to reach the office of this checkout; `manage.py` calls it first."""
    if os.environ.get("DJANGO_SETTINGS_MODULE", DEV_SETTINGS) not in {DEV_SETTINGS, ""}:
        return
    _use_our_python()
    keep_bytecode()
    try:
        settle(os.environ)
    except Trouble as trouble:
        sys.exit(str(trouble))
    if sys.argv[1:2] and (sys.argv[1] in OWNER_COMMANDS or OWNER_OPTION in sys.argv[2:]):
        as_owner(os.environ)


def settle(environment: MutableMapping[str, str]) -> None:
    """Fill in what is missing; servers are started only for addresses that nobody gave."""
    environment.setdefault("DJANGO_SETTINGS_MODULE", DEV_SETTINGS)
    environment["DATA_DIR"] = str(data_dir())
    environment.setdefault("SECRET_KEY", keys.secret_key())
    environment.setdefault("FIELD_KEYS", keys.field_keys())
    environment.setdefault("DEMO", "1" if wants_demo() else "0")
    if environment.get("DATABASE_URL"):  # somebody else's database has no owner of ours
        environment.setdefault("DATABASE_OWNER_URL", environment["DATABASE_URL"])
    if needs_servers(environment):
        fill(environment, services.use("dev"))


def needs_servers(environment: Mapping[str, str]) -> bool:
    return not (environment.get("DATABASE_URL") and environment.get("REDIS_URL"))


def fill(environment: MutableMapping[str, str], urls: Mapping[str, str]) -> None:
    """Addresses from outside win."""
    for name, url in urls.items():
        if not environment.get(name):
            environment[name] = url


def as_owner(environment: MutableMapping[str, str]) -> None:
    """Connect as the role that may change tables; the serving role may not."""
    if environment.get("DATABASE_OWNER_URL"):
        environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]


def _use_our_python() -> None:
    if importlib.util.find_spec("django") is not None:
        return
    if not VENV_PYTHON.exists():
        sys.exit(
            "Django is not installed here. Run `make run` once; it makes .venv and everything in it."
        )
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *_same_command()])


def _same_command() -> list[str]:
    script = sys.argv[0] if os.path.exists(sys.argv[0]) else str(ROOT / "manage.py")
    return [script, *sys.argv[1:]]
