"""The running office: pages, event stream, worker and beat, their ports, and their servers."""

import json
import os
import secrets
from pathlib import Path

from launch import processes, services
from launch.paths import VENV_PYTHON, Trouble, data_dir, make_private, write_private
from launch.progress import say
from launch.supervisor import Program, SomebodyElse, Supervisor, is_instance

TRIES = 5  # ports, when others take them between our look and our start
GRANIAN = ["--host", "127.0.0.1", "--no-ws", "--respawn-failed-workers", "--log-level", "warning"]
WEB = [
    "--interface",
    "wsgi",
    "--workers",
    "2",
    "--blocking-threads",
    "4",
    "office.wsgi:application",
]
# Open streams never end by themselves: the worker is given two seconds, then killed; browsers come back.
EVENTS = [
    "--interface",
    "asgi",
    "--workers",
    "1",
    "--workers-kill-timeout",
    "2",
    "office.events:application",
]
WORKER = ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]


def run_file() -> Path:
    return data_dir() / "run.json"


class Office:
    """The four programs and the addresses they serve."""

    def __init__(self, env: dict[str, str], *, preferred_port: int, own_servers: bool):
        self.token = secrets.token_urlsafe(16)
        self.preferred_port, self.own_servers = preferred_port, own_servers
        self.news = News(services.log_file("dev"))
        schedule = make_private(data_dir() / "beat") / "schedule"
        beat = ["--pidfile=", "--schedule", str(schedule), "--loglevel", "WARNING"]
        self.programs = [
            Program("web", lambda: granian(self.port, WEB), self._web_is_ready),
            Program("events", lambda: granian(self.events_port, EVENTS), self._events_are_ready),
            Program("worker", lambda: celery("worker", *WORKER)),
            Program("beat", lambda: celery("beat", *beat)),
        ]
        self.supervisor = Supervisor(self.programs, env | {"INSTANCE_TOKEN": self.token})
        self._taken: list[processes.TakenPort] = []
        self._take_ports(preferred_port)

    def open(self) -> None:
        """
        Serve, on the next port where a stranger answers on ours.

        :raises Trouble: a program ends while starting, or strangers are everywhere
        """
        for _ in range(TRIES):
            try:
                self.supervisor.open()
            except SomebodyElse as answer:
                self.supervisor.close()
                if processes.is_free(self.port):
                    raise Trouble(
                        f"The office answers its health check wrongly: {answer}"
                    ) from None
                say(f"Another server answers on port {self.port}; trying the next one.")
                self._take_ports(self.port + 1)
                continue
            known = {"pid": os.getpid(), "port": self.port, "token": self.token}
            write_private(run_file(), json.dumps(known))
            return
        raise Trouble(
            f"Strangers take every port from {self.preferred_port} on. Set PORT to another one."
        )

    def start_worker(self) -> None:
        self.supervisor.start_others()

    def look_after(self) -> None:
        """Until somebody stops us."""
        while True:
            self.supervisor.look_after()
            for line in self.news.read():
                say(f"services | {line}")
            if self.own_servers and not services.is_up("dev"):
                self._bring_servers_back()

    def close(self) -> None:
        self.supervisor.close()
        run_file().unlink(missing_ok=True)
        for taken in self._taken:
            taken.release()

    def _bring_servers_back(self) -> None:
        say("services | their keeper is gone; starting it again")
        urls = services.use("dev")
        if any(self.supervisor.env.get(name) != url for name, url in urls.items()):
            self.supervisor.env |= urls
            for program in self.programs:
                self.supervisor.restart(program)

    def _take_ports(self, preferred: int) -> None:
        for taken in self._taken:
            taken.release()
        self._taken = [web := processes.TakenPort(preferred)]
        self._taken.append(events := processes.TakenPort(web.number + 1))
        self.port, self.events_port = web.number, events.number
        self.supervisor.env |= {"PORT": str(self.port), "EVENTS_PORT": str(self.events_port)}

    def _web_is_ready(self) -> bool:
        return is_instance(self.port, self.token)

    def _events_are_ready(self) -> bool:
        return processes.answers(self.events_port)


def granian(port: int, how: list[str]) -> list[str]:
    return [str(VENV_PYTHON), "-m", "granian", "--port", str(port), *GRANIAN, *how]


def celery(*how: str) -> list[str]:
    """Without its banner, and without its advice about root: one machine, one command."""
    quiet = ["-W", "ignore:You're running the worker"]
    return [str(VENV_PYTHON), *quiet, "-m", "celery", "--quiet", "-A", "office", *how]


class News:
    """The lines a log file gained since we looked last."""

    def __init__(self, path: Path):
        self.path = path
        self.seen = path.stat().st_size if path.exists() else 0

    def read(self) -> list[str]:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self.seen:  # a new keeper began a new file
            self.seen = 0
        if size == self.seen:
            return []
        with open(self.path, "rb") as file:
            file.seek(self.seen)
            fresh = file.read()
        self.seen += len(fresh)
        return fresh.decode(errors="replace").splitlines()
