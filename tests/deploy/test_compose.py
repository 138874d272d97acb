"""The production shape: what the compose file promises, and its very commands at work."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import psycopg
import pytest
from redis import Redis

from launch import places, processes
from launch.paths import ROOT
from tests.deploy import production as shape
from tests.deploy.production import PATIENCE, ask, compose, service

OURS = ("web1", "web2", "events", "worker", "beat", "migrate", "backup")
# Celery prints this past every logger, about itself alone.
SAID_BESIDE = {"", "worker: Warm shutdown (MainProcess)"}
SERVERS = ("postgres", "broker", "cache", "proxy")


def test_every_service_is_closed_in_and_bounded():
    for name, each in compose()["services"].items():
        assert each["read_only"] is True, name
        assert "no-new-privileges:true" in each["security_opt"], name
        assert name in {"migrate", "backup"} or each["restart"] == "unless-stopped", name
        assert name == "backup" or each["deploy"]["resources"]["limits"].keys() == {
            "cpus",
            "memory",
        }
        assert not each.get("privileged"), name
        if name in OURS:
            assert each["cap_drop"] == ["ALL"], name
        if each["restart"] != "no":
            assert "stop_grace_period" in each, name
            assert "healthcheck" in each or name == "proxy", name


def test_only_the_proxy_is_reachable_from_outside():
    with_ports = [name for name, each in compose()["services"].items() if "ports" in each]
    outside = [
        name for name, each in compose()["services"].items() if "outside" in each["networks"]
    ]

    assert with_ports == outside == ["proxy"]
    assert {name: bool((net or {}).get("internal")) for name, net in compose()["networks"].items()} == {
        "outside": False, "outward": False, "front": True, "inside": True,
    }  # fmt: skip
    for name in ("postgres", "broker", "cache"):
        assert service(name)["networks"] == ["inside"]


def test_secrets_are_files_and_only_migrating_owns_the_tables():
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"(PASSWORD|SECRET_KEY|FIELD_KEYS|_URL): *\S*://\S*:\S+@", text)
    for name, each in compose()["services"].items():
        owns = "database_owner_url" in each.get("secrets", ())
        assert owns == (name in {"migrate", "backup"}), name
        for key, value in (each.get("environment") or {}).items():
            if key.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in each["secrets"], (name, key)
    assert all(
        told["file"].startswith("./deploy/secrets/") for told in compose()["secrets"].values()
    )
    assert "deploy/secrets" in (ROOT / ".dockerignore").read_text().split()
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().split()


def test_the_image_is_not_root_and_holds_no_secret():
    lines = (ROOT / "deploy" / "Dockerfile").read_text()

    assert re.search(r"^USER 10001", lines, re.MULTILINE)
    assert "--require-hashes" in lines
    assert "HEALTHCHECK" in lines
    final = lines.rpartition("FROM ")[2]
    assert "npm" not in final
    assert json.loads(final.rpartition("\nCMD ")[2])[-1] == service("web1")["command"][-1]
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD|FIELD_KEYS)", lines, re.MULTILINE)


def test_time_to_end_is_longer_than_what_ending_takes(settings):
    def seconds(name):
        return int(service(name)["stop_grace_period"].removesuffix("s"))

    kill = next(w for w in service("web1")["command"] if w.startswith("--workers-kill-timeout"))
    assert seconds("web1") > 6 + int(kill.partition("=")[2])
    assert seconds("worker") > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT


def test_the_servers_own_access_log_is_off():
    for name in ("web1", "events"):
        assert "--access-log" not in service(name)["command"]
        assert "--log-config=deploy/server-log.json" in service(name)["command"]


def test_secrets_are_made_once_and_differ(tmp_path):
    first = {path.name: path.read_text() for path in _made(tmp_path).iterdir()}
    again = {path.name: path.read_text() for path in _made(tmp_path).iterdir()}

    assert first == again
    assert {f"./deploy/secrets/{name}" for name in first} == {
        told["file"] for told in compose()["secrets"].values()
    }
    assert len(set(first.values())) == len(first)
    assert first["app_password"] in first["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def _made(tmp_path):
    folder = tmp_path / "secrets"
    subprocess.run(["sh", str(ROOT / "deploy" / "make-secrets.sh"), str(folder)], check=True)
    return folder


@pytest.mark.parametrize(
    ("name", "policy", "kept"), [("broker", "noeviction", "yes"), ("cache", "allkeys-lru", "no")]
)
def test_the_broker_forgets_nothing_and_the_cache_may(tmp_path, name, policy, kept):
    """The service's own words, with its files where they are here and our Valkey on the PATH."""
    password = tmp_path / "password"
    password.write_text("a-password-of-its-own")
    port = processes.free_port(26_000)
    words = [
        word.replace("/deploy/", f"{ROOT}/deploy/").replace(
            f"/run/secrets/{name}_password", str(password)
        )
        for word in service(name)["command"]
    ]
    words[-1] = str(tmp_path)  # --dir
    path = f"{places.valkey_program().parent}:{os.environ['PATH']}"
    child = processes.start(
        [*words, "--port", str(port), "--bind", "127.0.0.1"],
        env={"PATH": path, "TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        client = Redis(port=port, password=password.read_text())
        _until(lambda: processes.answers(port))
        asked = {key: client.config_get(key)[key] for key in ("maxmemory-policy", "appendonly")}
        assert asked == {"maxmemory-policy": policy, "appendonly": kept}
        assert int(client.config_get("maxmemory")["maxmemory"]) > 0
        assert "a-password" not in processes.command_of(child.pid)
        client.close()
    finally:
        processes.stop([child])


def _until(holds, patience=60):
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_new_database_has_the_two_roles_and_the_serving_one_may_not_change_tables(tmp_path):
    """`initdb` with the compose file's words, then its init script."""
    user, programs = places.service_user(), places.postgres_programs()
    home = places.data_home("test") / f"compose-{os.getpid()}"
    env = {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C"}
    how = {"env": env, "cwd": "/", "check": True, "capture_output": True, **user.how()}
    told = service("postgres")
    port = processes.free_port(27_000)
    for name in ("owner_password", "app_password"):
        (tmp_path / name).write_text(name)
    try:
        words = told["environment"]["POSTGRES_INITDB_ARGS"].split()
        subprocess.run(["initdb", "-D", home, "-U", "postgres", "--auth-host=scram-sha-256",
                        "--auth-local=trust", *words], **how)  # fmt: skip
        subprocess.run(["pg_ctl", "-D", home, "-w", "-l", home / "log", "-o",
                        f"-p {port} -k {home} -c listen_addresses=127.0.0.1 "
                        + " ".join(told["command"][1:]), "start"],
                       **how | {"capture_output": False, "stdout": subprocess.DEVNULL})  # fmt: skip
        subprocess.run(
            ["sh", ROOT / "deploy" / "postgres-init.sh"], check=True, capture_output=True,
            env=env | {"PGHOST": str(home), "PGPORT": str(port), "POSTGRES_USER": "postgres",
                       "OWNER_PASSWORD_FILE": str(tmp_path / "owner_password"),
                       "APP_PASSWORD_FILE": str(tmp_path / "app_password")},
        )  # fmt: skip
        where = f"127.0.0.1:{port}/office"
        with psycopg.connect(f"postgresql://office_owner:owner_password@{where}") as owner:
            owner.execute("CREATE TABLE visit (id int)")
            assert owner.execute("SHOW data_checksums").fetchone() == ("on",)
            assert owner.execute("SELECT lower('ÉÀ')").fetchone() == ("éà",)
        with psycopg.connect(f"postgresql://office_app:app_password@{where}") as app:
            app.execute("INSERT INTO visit VALUES (1)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("ALTER TABLE visit ADD COLUMN x int")
    finally:
        subprocess.run(["pg_ctl", "-D", home, "-m", "immediate", "stop"], **how | {"check": False})
        shutil.rmtree(home, ignore_errors=True)


def test_what_the_compose_file_starts_starts_and_answers(production, practice):
    """migrate, then web, events, worker and beat, each by its own command under production's settings."""
    migrate = production.start("migrate")
    assert migrate.child.wait(PATIENCE) == 0, migrate.said()

    running = {name: production.start(name) for name in ("web1", "events", "worker", "beat")}
    production.wait_until(running["web1"], "/health/live")
    production.wait_until(running["events"], "/health/live")
    _until(lambda: _behind(running["web1"]) == {"worker": "ok", "beat": "ok"})

    web = running["web1"]
    token = (production.secrets / "metrics_token").read_text()
    assert ask(web.port, "/metrics", Authorization=f"Bearer {token}") == 200
    check = [word.replace("localhost:8000", f"localhost:{web.port}")
             for word in service("web1")["healthcheck"]["test"][2:]]  # fmt: skip
    assert subprocess.run([sys.executable, *check], cwd=ROOT, check=False).returncode == 0
    broken = [word.replace("/health/live", "/nowhere") for word in check]
    assert subprocess.run([sys.executable, *broken], cwd=ROOT, check=False).returncode == 1

    for each in running.values():
        code, _ = each.end()
        assert code in {0, 128 + 15, -15}, (each.name, code, each.said())
        for line in each.said().splitlines():
            assert line.startswith('{"at": ') or line in SAID_BESIDE, (each.name, line)
    routes = [json.loads(line).get("route") for line in web.said().splitlines()]
    assert "health-ready" in routes


def _behind(web):
    try:
        with urllib.request.urlopen(
            f"http://localhost:{web.port}/health/ready", timeout=5
        ) as answer:
            told = json.load(answer)
    except OSError:
        return None
    return {name: told.get(name) for name in ("worker", "beat")}


@pytest.mark.skipif(
    not shutil.which("caddy"), reason="no Caddy here; its file is read where there is one"
)
def test_the_proxys_file_is_one():
    subprocess.run(
        ["caddy", "validate", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"],
        cwd=ROOT, env=os.environ | {"OFFICE_HOST": shape.HOST}, check=True, capture_output=True,
    )  # fmt: skip
