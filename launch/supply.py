"""
`make audit`: what we install, as a list other programs read, and what is known to be wrong with it.

Two services on the network are asked; where they do not answer, that is said and is no failure. The tools
have an environment and a lock of their own: nobody who runs or tests the office needs them.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from launch import steps
from launch.paths import ROOT, TOOLS, Trouble, make_private
from launch.progress import run, say, step

BUILD = ROOT / "build"
HERE = TOOLS / "supply"
LOCK = steps.REQUIREMENTS / "supply.txt"
PATIENCE = 180  # seconds for a service that may not answer


def main() -> int:
    _tools()
    BUILD.mkdir(exist_ok=True)
    with step("lists of what we install") as now:
        python, npm = bills()
        now.remark = f"{python} Python and {npm} npm packages in {BUILD.relative_to(ROOT)}/"
    found = [_python(), _npm()]
    return 1 if any(found) else 0


def _tools() -> None:
    stamp = HERE / steps.STAMP
    with step("tools") as now:
        if stamp.exists() and stamp.read_text() == steps.digest([LOCK]):
            now.remark = "installed"
            return
        make_private(HERE.parent)
        run(steps.uv(), "venv", "--quiet", "--clear", HERE)
        run(
            steps.uv(), "pip", "install", "--quiet", "--python", HERE / "bin" / "python",
            "--require-hashes", "-r", LOCK, env=steps.index(),
        )  # fmt: skip
        stamp.write_text(steps.digest([LOCK]))


def bills() -> tuple[int, int]:
    """CycloneDX, from the locks alone: what is installed everywhere, not what happens to be here."""
    python, npm = BUILD / "sbom-python.json", BUILD / "sbom-npm.json"
    base = steps.REQUIREMENTS / "base.txt"
    run(
        HERE / "bin" / "cyclonedx-py", "requirements", base, "--pyproject", ROOT / "pyproject.toml",
        "--output-reproducible", "--of", "JSON", "-o", python,
    )  # fmt: skip
    said = subprocess.run(  # its warnings are no part of the list
        ["npm", "sbom", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    npm.write_text(said.stdout)
    return _count(python), _count(npm)


def _count(path: Path) -> int:
    try:
        return len(json.loads(path.read_text())["components"])
    except (ValueError, KeyError):
        raise Trouble(f"{path} did not become a list.") from None


def _python() -> bool:
    command = [HERE / "bin" / "pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner=off",
               "--format=json", "-r", steps.REQUIREMENTS / "base.txt"]  # fmt: skip
    told = _ask("known holes, Python", [str(word) for word in command])
    if told is None:
        return False
    # A mirror answers for no package: nothing was found because nothing was asked.
    unasked = [each for each in told.get("dependencies", []) if "skip_reason" in each]
    if unasked:
        say(f"         Python: {len(unasked)} of {len(told['dependencies'])} packages NOT CHECKED")
    if len(unasked) == len(told.get("dependencies", [])):
        return False
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or '?'}"
        for each in told.get("dependencies", [])
        for hole in each.get("vulns", [])
    ]
    return _say("Python", holes)


def _npm() -> bool:
    told = _ask("known holes, npm", ["npm", "audit", "--omit=dev", "--json"])
    if told is None:
        return False
    holes = [
        f"{name}: {each['severity']}" for name, each in told.get("vulnerabilities", {}).items()
    ]
    return _say("npm", holes)


def _ask(name: str, command: list[str]) -> dict[str, Any] | None:
    """The answer as JSON; None, and a sentence, where nobody answers."""
    with step(name) as now:
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
                check=False, env=os.environ | {"NO_COLOR": "1"},
            )  # fmt: skip
            told = dict(json.loads(done.stdout))
        except (OSError, ValueError, subprocess.TimeoutExpired):
            now.remark = "NOT CHECKED: the service does not answer"
            return None
        if "error" in told or "message" in told and "vulnerabilities" not in told:
            now.remark = "NOT CHECKED: the service does not answer"
            return None
        return told


def _say(kind: str, holes: list[str]) -> bool:
    for hole in holes:
        say(f"    {hole}")
    say(f"         {kind}: {len(holes)} known holes")
    return bool(holes)
