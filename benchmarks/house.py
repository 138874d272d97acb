"""A database of its own, filled once; a server of two workers; somebody signed in."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
SCALES = {"small": 200_000, "full": 1_000_000}
WORKERS, THREADS = 2, 4
APP = "office.wsgi:application"
SERVERS = {  # workers, threads, port
    "granian": lambda workers, threads, port: [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", workers, "--blocking-threads", threads,
        "--port", port, "--no-access-log", "--log-level", "warning", APP,
    ],
    "gunicorn": lambda workers, threads, port: [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", workers, "--threads", threads,
        "--bind", f"127.0.0.1:{port}", "--keep-alive", "30", "--log-level", "warning", APP,
    ],
}  # fmt: skip


@dataclass
class House:
    """The running house: where it answers, and the cookie of a front desk that is signed in."""

    port: int
    server: subprocess.Popen
    cookie: str = ""
    csrf: str = ""
    scale: str = "small"
    user_id: str = ""
    notes: dict = field(default_factory=dict)

    def close(self) -> None:
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()


def open_house(scale: str) -> House:
    """Create or reuse the bench database, start the server, sign in."""
    if scale not in SCALES:
        raise SystemExit(f"SCALE is small or full, not {scale}.")
    name = f"office_bench_{scale}"
    owner = with_name(os.environ["DATABASE_OWNER_URL"], name)
    create(os.environ["DATABASE_OWNER_URL"], name)
    os.environ["DATABASE_URL"] = with_name(os.environ["DATABASE_URL"], name)
    os.environ["DATABASE_OWNER_URL"] = owner
    os.environ["REDIS_URL"] = with_name(os.environ["REDIS_URL"], "5")
    os.environ["DEMO"] = "1"
    manage("migrate", "--no-input", DATABASE_URL=owner)
    manage("seed_demo", "--scale", str(SCALES[scale]), "--if-needed")
    import django

    django.setup()
    place = serve(scale)
    try:
        _sign_in(place)
    except BaseException:
        place.close()
        raise
    return place


def with_name(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def create(owner_url: str, name: str, *, anew: bool = False) -> None:
    import psycopg

    with psycopg.connect(owner_url, autocommit=True) as connection:
        if anew:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            print(f"creating {name}", file=sys.stderr)
            connection.execute(f'CREATE DATABASE "{name}"')


def drop(owner_url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(with_name(owner_url, "office"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def manage(*arguments: str, **environment: str) -> None:
    began = time.perf_counter()
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    subprocess.run(command, check=True, stdout=sys.stderr, env=os.environ | environment, cwd=ROOT)
    print(f"{' '.join(arguments)}: {time.perf_counter() - began:.1f} s", file=sys.stderr)


def serve(
    scale: str,
    *,
    workers: int = WORKERS,
    threads: int = THREADS,
    server: str = "granian",
    **env: str,
) -> House:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    how = [str(workers), str(threads), str(port)]
    child = subprocess.Popen(
        SERVERS[server](*how),
        cwd=ROOT,
        env=os.environ | {"INSTANCE_TOKEN": token} | env,
        stdout=sys.stderr,
        start_new_session=True,
    )
    for _ in range(300):
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/health/live", timeout=1
            ) as answer:
                if token.encode() in answer.read():
                    return House(port, child, scale=scale)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        if child.poll() is not None:
            raise SystemExit("The server did not start.")
    raise SystemExit("The server did not answer within 30 seconds.")


def _sign_in(place: House) -> None:
    """A session of a front desk that works at every own location."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import Group
    from django.middleware.csrf import _get_new_csrf_string
    from guardian.shortcuts import assign_perm

    from access.models import User
    from access.session_store import SessionStore
    from office.models import Location
    from office.roles import Role

    user, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench Desk"})
    user.groups.set([Group.objects.get(name=Role.FRONT_DESK)])
    for location in Location.objects.ours():
        assign_perm("office.work_at", user, location)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["began_at"] = session["seen_at"] = time.time()
    session.save()
    place.csrf = _get_new_csrf_string()
    place.cookie = f"sessionid={session.session_key}; csrftoken={place.csrf}"
    place.user_id = str(user.pk)
