"""`make test` and `make bench`: set-up, then the tool itself in the foreground, with its own exit code."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping

from launch import browser, documents, environment, processes, progress, steps
from launch.paths import ROOT, VENV_PYTHON
from launch.progress import say, step


def test(arguments: list[str]) -> int:
    """Every test, on two workers; what cannot run here is said first, so that pytest has the last word."""
    with steps.set_up(dev=True):
        found = browser.find_or_install()
    documents.mention_missing_pango()
    env = dict(os.environ)
    if found:
        env["BROWSER_PATH"] = found
    if os.environ.get("CI"):
        env["REQUIRE_BROWSER"] = "1"
    say()
    return foreground([str(VENV_PYTHON), "-m", "pytest", "-n", "2", *arguments], env)


def bench() -> int:
    """Standard output is JSON lines alone; ONLY and SCALE are read by `benchmarks`."""
    progress.to_stderr()
    env = dict(os.environ)
    with steps.set_up(dev=True), step("Postgres and Valkey"):
        environment.settle(env)
    return foreground([str(VENV_PYTHON), "-m", "benchmarks"], env)


def foreground(command: list[str], env: Mapping[str, str]) -> int:
    """Run it with our terminal: it hears Ctrl-C itself, and a word to us is passed on."""
    child = subprocess.Popen(command, cwd=ROOT, env=env, preexec_fn=processes.tie(signal.SIGTERM))
    with _passing_on(child):
        code = child.wait()
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def _passing_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    before = {
        word: signal.getsignal(word) for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for word in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(word, lambda number, _: processes.send(child, number))
    try:
        yield
    finally:
        for word, handler in before.items():
            signal.signal(word, handler)
