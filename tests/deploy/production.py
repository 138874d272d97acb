"""What `docker-compose.yml` declares, run here: the same commands and settings, on loopback, without containers."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db import connection

from launch import processes
from launch.paths import ROOT

PATIENCE = 90
HOST = "office.example"


@cache
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def service(name):
    return compose()["services"][name]


def environment(name, secrets_folder, data):
    """A service's environment, with what compose fills in and where its secrets lie here."""
    declared = {}
    for key, value in service(name)["environment"].items():
        value = str(value).replace("/run/secrets/", f"{secrets_folder}/")
        value = value.replace("/data", str(data)) if key == "DATA_DIR" else value
        declared[key] = _filled_in(value)
    kept = {
        key: os.environ[key] for key in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if key in os.environ
    }
    return kept | declared


def _filled_in(value):
    """`${NAME:-default}` and `${NAME:?…}`, as compose does."""
    if "${" not in value:
        return value
    before, _, rest = value.partition("${")
    inside, _, after = rest.partition("}")
    name, _, default = inside.partition(":")
    filled = {"OFFICE_HOST": HOST}.get(name) or default.removeprefix("-")
    return before + filled + _filled_in(after)


def command(name, port=None, scratch=None, **swapped):
    """A service's command, word for word, but for the address it listens on and where it may scratch."""
    words = []
    for word in service(name)["command"]:
        if word == "python":
            word = sys.executable
        elif word == "--host=0.0.0.0":
            word = "--host=127.0.0.1"
        elif word.startswith("--port="):
            word = f"--port={port}"
        elif word.startswith("--schedule=/tmp"):
            word = f"--schedule={scratch}/beat-schedule"
        words.append(swapped.get(word, word))
    return words


def make_secrets(folder):
    """By the script an operator runs; the addresses are then those of the tests' servers."""
    subprocess.run(["sh", str(ROOT / "deploy" / "make-secrets.sh"), str(folder)], check=True)
    told = connection.settings_dict
    where = f"{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    for name in ("database_url", "database_owner_url"):
        (folder / name).write_text(f"postgresql://{where}\n")
    for name in ("redis_url", "cache_url"):
        (folder / name).write_text(os.environ["REDIS_URL"] + "\n")
    (folder / "secret_key").write_text(settings.SECRET_KEY)  # so that sessions made here hold there
    (folder / "field_keys").write_text(",".join(settings.FIELD_KEYS))
    return folder


@dataclass
class Running:
    """One process of production and what it wrote."""

    name: str
    child: subprocess.Popen
    log: Path
    port: int = 0
    guard: object = None

    def said(self):
        return self.log.read_text(errors="replace")

    def end(self, word=signal.SIGTERM, patience=60):
        """Its exit code and the seconds it took."""
        began = time.monotonic()
        self.child.send_signal(word)
        return self.child.wait(patience), time.monotonic() - began


@dataclass
class Production:
    """Starts services of the compose file; nothing is left of them afterwards."""

    folder: Path
    running: list = field(default_factory=list)

    def __post_init__(self):
        self.secrets = make_secrets(self.folder / "secrets")
        self.data = self.folder / "data"
        self.data.mkdir()
        (self.folder / "static").mkdir()

    def start(self, name, env=None, **swapped):
        taken = processes.TakenPort(18_000)
        number = len(self.running)
        log = self.folder / f"{name}-{number}.log"
        settings_of = environment(name, self.secrets, self.data)
        settings_of |= {
            "DRAIN_FILE": str(self.folder / f"draining-{number}"),
            "STATIC_ROOT": str(self.folder / "static"),  # the image's
            **(env or {}),
        }
        with log.open("wb") as out:
            child = processes.start(
                command(name, taken.number, self.folder, **swapped),
                cwd=ROOT, env=settings_of, stdout=out, stderr=out,
            )  # fmt: skip
        found = Running(name, child, log, taken.number, taken)
        self.running.append(found)
        return found

    def wait_until(self, found, path, status=200):
        until = time.monotonic() + PATIENCE
        while ask(found.port, path) != status:
            assert found.child.poll() is None, found.said()
            assert time.monotonic() < until, found.said()
            time.sleep(0.1)

    def kill(self, found):
        """The server and its workers, at once and without a word."""
        os.killpg(found.child.pid, signal.SIGKILL)

    def close(self):
        processes.stop([each.child for each in self.running], patience=20)
        for each in self.running:
            each.guard.release()


def ask(port, path, **headers):
    """The status, or None when nobody answers."""
    asked = urllib.request.Request(f"http://localhost:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return None
