"""`make lock`: newest allowed versions into requirements/*.txt, with hashes and without anybody's address."""

from pathlib import Path

from launch import steps
from launch.paths import ROOT
from launch.progress import run, step

HOW = (
    "--universal", "--python-version", "3.11", "--no-emit-index-url", "--generate-hashes",
    "--no-annotate", "--no-header", "--quiet", "--upgrade",
)  # fmt: skip


def main() -> int:
    folder = steps.REQUIREMENTS
    project = ROOT / "pyproject.toml"
    _compile("base.txt", project)
    # What both install is the same version, so that the tests test what is served.
    _compile("dev.txt", project, "--extra", "dev", "--constraint", str(folder / "base.txt"))
    _compile("uv.txt", folder / "uv.in")
    _compile("supply.txt", folder / "supply.in")
    return 0


def _compile(name: str, source: Path, *more: str) -> None:
    with step(f"requirements/{name}"):
        run(
            steps.uv(),
            "pip",
            "compile",
            *HOW,
            *more,
            source,
            "--output-file",
            steps.REQUIREMENTS / name,
        )
