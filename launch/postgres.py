"""
One Postgres cluster, run from its wheel.

Loopback only and by password only: other people on the machine reach the port, never the data. Nobody
can sign in as the superuser. `office_owner` migrates and owns the database; `office_app` serves.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launch import keys, places, processes
from launch.paths import Trouble, log_dir

OWNER, APP, DATABASE = "office_owner", "office_app", "office"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
EXTENSIONS = ("btree_gist", "pg_trgm")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # compiling costs more than our short queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
THROW_AWAY = {  # for tests alone: a crash may lose everything
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}

ACCESS_RULES = """\
# type database user address      method
host   all      all  127.0.0.1/32 scram-sha-256
"""

ROLES = """\
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'office_owner') THEN CREATE ROLE office_owner; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'office_app') THEN CREATE ROLE office_app; END IF;
END $$;

ALTER ROLE office_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{owner}';

ALTER ROLE office_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{app}';
"""

# In template1, so that every database made later (tests, restores) has it too.
TEMPLATE = """\
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER DEFAULT PRIVILEGES FOR ROLE office_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO office_app;

ALTER DEFAULT PRIVILEGES FOR ROLE office_owner GRANT USAGE, SELECT ON SEQUENCES TO office_app;
"""


@dataclass
class Postgres:
    """The cluster of one profile; the keeper starts it and looks after it."""

    profile: str
    preferred_port: int
    name: str = "Postgres"
    stop_word: int = signal.SIGINT  # "fast": roll back what runs, write a checkpoint, end

    def __post_init__(self) -> None:
        self.data = places.data_home(self.profile) / "postgres"

    def prepare(self) -> None:
        """Make the cluster the first time; end or forget a postmaster that an earlier crash left behind."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != self._program_version():
            raise Trouble(
                f"The database in {self.data} was made by Postgres {version}, the installed one is "
                f"{self._program_version()}. Dump it with the old version, move the folder away, and restore."
            )
        self._end_stray()
        places.keep_zones()
        self._keep_roles(self.data)

    def start(self, port: int) -> subprocess.Popen[bytes]:
        settings = SETTINGS | (THROW_AWAY if self.profile == "test" else {})
        program = places.postgres_programs() / "postgres"
        command: list[str | Path] = [program, "-D", self.data, "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open(log_dir() / f"postgres-{self.profile}.log", "ab") as log:
            return processes.start(
                command,
                last_words=self.stop_word,
                env=ENVIRONMENT,
                cwd="/",
                stdout=log,
                stderr=log,
                **places.service_user().how(),
            )

    def is_ready(self, port: int) -> bool:
        """Postgres writes its state into the pid file; no connection is needed to read it."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"

    def urls(self, port: int) -> dict[str, str]:
        where = f"127.0.0.1:{port}/{DATABASE}"
        return {
            "DATABASE_URL": f"postgresql://{APP}:{keys.password('app')}@{where}",
            "DATABASE_OWNER_URL": f"postgresql://{OWNER}:{keys.password('owner')}@{where}",
        }

    # ---- making

    def _make(self) -> None:
        """Build aside and move in place: an interrupted start leaves nothing half-made."""
        draft = self.data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        self._run(
            "initdb", "-D", draft, "-U", "postgres", "--auth=reject", "--data-checksums", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--no-instructions",
        )  # fmt: skip
        (draft / "pg_hba.conf").write_text(ACCESS_RULES)
        self._keep_roles(draft)
        self._tell(draft, "postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n")
        draft.rename(self.data)

    def _keep_roles(self, data: Path) -> None:
        """Roles follow the passwords in `keys/`, also after those were lost or brought from elsewhere."""
        script = (
            ROLES.format(owner=keys.password("owner"), app=keys.password("app")) + "\n" + TEMPLATE
        )
        digest = hashlib.sha256(script.encode()).hexdigest()
        stamp = data / "roles.sha256"
        if not stamp.exists() or stamp.read_text() != digest:
            self._tell(data, "template1", script)
            stamp.write_text(digest)
            stamp.chmod(0o600)

    def _tell(self, data: Path, database: str, script: str) -> None:
        """Run SQL without a server and without a password, as single-user Postgres."""
        told = self._run("postgres", "--single", "-j", "-D", data, database, words=script)
        if "ERROR:" in told or "FATAL:" in told:
            raise Trouble(f"Postgres refused its own set-up:\n{told}")

    def _run(self, program: str, *arguments: str | Path, words: str = "") -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(places.postgres_programs() / program), *map(str, arguments)],
            input=words,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
            **places.service_user().how(),
        )
        if done.returncode:
            raise Trouble(f"{program} failed ({done.returncode}):\n{done.stdout}")
        return done.stdout

    def _program_version(self) -> str:
        return self._run("postgres", "--version").split()[-1].split(".")[0]

    # ---- what an earlier crash left

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _end_stray(self) -> None:
        """The keeper holds the only lock, so a postmaster that still runs here belongs to a killed keeper."""
        lines = self._pid_file()
        if not lines:
            return
        pid = int(lines[0]) if lines[0].isdigit() else 0
        for word in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not self._is_ours(pid):
                break
            os.kill(pid, word)
            deadline = time.monotonic() + 10
            while processes.is_alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        # What is left names a process that is gone, or a number somebody else has now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        return pid > 1 and processes.is_alive(pid) and str(self.data) in processes.command_of(pid)
