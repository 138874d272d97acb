"""`make check`: every reader of the code that is not a test; all of them, then one table."""

import os
import time
from dataclasses import dataclass

from kernel.rooms import ROOMS
from launch import environment, processes, services, steps
from launch.paths import ROOT, VENV, VENV_PYTHON, Trouble
from launch.progress import Tool, say, step

AT_ONCE = 2
# Invented values: the deployment check wants to see production's settings, not production's secrets.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "office.settings.production",
    "SECRET_KEY": "checked-but-never-served-" + "0123456789abcdef" * 4,
    "FIELD_KEYS": "check:" + "A" * 43 + "=",
    "ALLOWED_HOSTS": "office.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://nobody@127.0.0.1:1",
    "DEMO": "0",
}
# Migrations of before the first release run on empty tables only. Every later one has to let people work:
# a lock of a moment, nothing that old code trips over. While nothing is released, name yours here.
BEFORE_RELEASE = (
    "0001_initial", "0002_initial", "0002_documents", "0003_gate_setting_until_then",
    "0003_keep_contact_history", "0004_reminders", "0005_find_by_given_name", "0005_shipped_reminders",
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One reader: what it looks at, and how it is called."""

    name: str
    command: list[str]
    env: dict[str, str]


def main() -> int:
    env = dict(os.environ)
    with steps.set_up(dev=True), step("Postgres and Valkey"):
        environment.settle(env)
    say()
    waiting, running = checks(env), dict[str, tuple[Tool, float]]()
    failed: dict[str, str] = {}
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                check = waiting.pop(0)
                running[check.name] = (Tool([*check.command], check.env), time.monotonic())
            _collect(running, failed)
            time.sleep(0.05)
    finally:
        processes.stop([tool.child for tool, _ in running.values()])
        if os.environ.get("CI"):
            services.stop_unused("dev")
    for name, words in failed.items():
        say(f"\n---- {name}\n{words}")
    return 1 if failed else 0


def checks(env: dict[str, str]) -> list[Check]:
    """The longest first."""
    owner = dict(env)
    environment.as_owner(owner)
    manage = [str(VENV_PYTHON), "manage.py"]
    templates = [
        str(each) for each in (ROOT / "templates", *ROOT.glob("*/templates")) if each.is_dir()
    ]
    return [
        Check("types", [_tool("mypy")], env | {"DJANGO_SETTINGS_MODULE": "office.settings.test"}),
        Check("format", [_tool("ruff"), "format", "--check", "."], env),
        Check("lint", [_tool("ruff"), "check", "."], env),
        Check("layers", [_tool("lint-imports"), "--no-cache"], env),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], env),
        Check(
            "locks",
            [
                *manage,
                "lintmigrations",
                "--no-cache",
                "--quiet",
                "ok",
                "ignore",
                "--project-root-path",
                ".",
                "--warnings-as-errors",
                "--include-apps",
                *ROOMS,
                "--ignore-name",
                *BEFORE_RELEASE,
            ],
            owner | {"DJANGO_SETTINGS_MODULE": "office.settings.test"},
        ),
        Check(
            "deployment",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            dict(os.environ) | PRODUCTION,
        ),
        *(
            [Check("templates", [_tool("djlint"), "--lint", "--quiet", *templates], env)]
            if templates
            else []
        ),
    ]


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)


def _collect(running: dict[str, tuple[Tool, float]], failed: dict[str, str]) -> None:
    for name, (tool, begun) in list(running.items()):
        if tool.child.poll() is None:
            continue
        del running[name]
        try:
            tool.finish()
        except Trouble as trouble:
            failed[name] = str(trouble)
        verdict = "FAILED" if name in failed else "ok"
        say(f"{time.monotonic() - begun:6.1f} s  {name:<12} {verdict}")
