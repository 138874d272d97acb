"""`make run`: one office, one start, and nothing left behind."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from launch import processes
from launch.supervisor import SomebodyElse, instance_at, is_instance
from tests.launch.checkout import Checkout, Start, until

Office = tuple[Checkout, Start]


@pytest.fixture
def stranger() -> Iterator[int]:
    """Another program's server that answers every question with a token of its own."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"instance": "somebody else"}')

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def servers_of(checkout: Checkout) -> dict[str, int]:
    state = json.loads((checkout.root / ".local/keeper/dev/state.json").read_text())
    return dict(state["pids"])


def token_of(checkout: Checkout) -> str:
    return str(json.loads((checkout.root / ".local/run.json").read_text())["token"])


def test_the_second_start_says_where_the_first_one_is(open_office: Office) -> None:
    checkout, first = open_office

    second = checkout.start()

    assert second.child.wait(10) == 0
    where = f"Already running at http://localhost:{first.port()} (process {first.child.pid})."
    assert second.said().strip().endswith(where)
    assert instance_at(first.port()) == token_of(checkout)


def test_every_program_runs(open_office: Office) -> None:
    checkout, _ = open_office

    running = " ".join(checkout.processes().values())

    for program in (
        "office.wsgi",
        "office.events",
        "office worker",
        "office beat",
        "postgres",
        "valkey",
    ):
        assert program in running


def test_a_killed_web_server_comes_back_and_takes_its_workers_along(open_office: Office) -> None:
    checkout, started = open_office
    before = {pid for pid, words in checkout.processes().items() if "office.wsgi" in words}
    parent = min(before)

    os.kill(parent, signal.SIGKILL)

    started.wait_for(r"web \| ended unexpectedly \(signal SIGKILL\)")
    until(lambda: instance_at(started.port()) == token_of(checkout))
    assert not before & set(checkout.processes())


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_killed_server_comes_back_where_it_was(open_office: Office, server: str) -> None:
    checkout, started = open_office

    os.kill(servers_of(checkout)[server], signal.SIGKILL)

    started.wait_for(rf"services \| [\d:]+ {server.title()} ended unexpectedly \(signal SIGKILL\)")
    started.wait_for(rf"services \| [\d:]+ {server.title()} started again")


def test_a_killed_keeper_comes_back_with_its_servers(open_office: Office) -> None:
    checkout, started = open_office
    state = checkout.root / ".local/keeper/dev/state.json"
    before = json.loads(state.read_text())

    os.kill(before["keeper"], signal.SIGKILL)

    started.wait_for("their keeper is gone")
    until(lambda: state.exists() and json.loads(state.read_text())["keeper"] != before["keeper"])
    assert json.loads(state.read_text())["urls"] == before["urls"]
    assert not set(before["pids"].values()) & set(checkout.processes())


def test_of_two_starts_at_once_one_serves(checkout: Checkout) -> None:
    starts = [checkout.start(), checkout.start()]

    until(lambda: any(each.child.poll() is not None for each in starts))

    [winner] = [each for each in starts if each.child.poll() is None]
    [other] = [each for each in starts if each is not winner]
    assert other.child.returncode == 0
    assert f"Already running at http://localhost:{winner.port()}" in other.said()
    assert winner.end(signal.SIGINT) == 0
    assert not checkout.processes()


def test_taken_ports_are_left_to_their_owners(checkout: Checkout, stranger: int) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as database,
        socket.create_server(("127.0.0.1", 0)) as broker,
    ):
        taken = [database.getsockname()[1], broker.getsockname()[1]]
        remembered = checkout.root / ".local/keeper/dev/ports.json"
        remembered.parent.mkdir(parents=True)
        remembered.write_text(json.dumps(taken))

        started = checkout.start(env={"PORT": str(stranger)})

        assert started.port() > stranger
        assert f"Port {stranger} is taken" in started.said()
        assert instance_at(started.port()) == token_of(checkout)
        moved = json.loads(remembered.read_text())
        assert all(port > was for port, was in zip(moved, taken, strict=True))
        assert started.end(signal.SIGTERM) == 0
        assert not checkout.processes()


def test_two_checkouts_never_take_the_same_port() -> None:
    one, two = processes.TakenPort(20_100), processes.TakenPort(20_100)

    assert two.number > one.number
    two.release()
    three = processes.TakenPort(one.number)
    assert three.number == two.number
    for each in (one, three):
        each.release()


def test_a_stranger_is_never_taken_for_us(stranger: int) -> None:
    with pytest.raises(SomebodyElse):
        is_instance(stranger, "our token")


def test_nobody_there_is_not_ready_yet() -> None:
    assert is_instance(processes.free_port(20_000), "our token") is False


def test_a_failing_step_shows_its_words_and_leaves_no_process(checkout: Checkout) -> None:
    (checkout.root / "migrate-fails").touch()

    started = checkout.start()

    assert started.child.wait(60) == 1
    assert "migrations  FAILED" in started.said()
    assert "the table is on fire" in started.said()
    assert "The office is open" not in started.said()
    assert not checkout.processes()


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_in_the_middle_of_a_step_leaves_no_process(checkout: Checkout, word: int) -> None:
    (checkout.root / "migrate-waits").touch()
    started = checkout.start()
    until((checkout.root / "migrate-waited").exists)

    assert started.end(word) == 0

    assert started.said().endswith("Stopped.\n")
    assert not checkout.processes()


def test_a_demo_that_fails_closes_the_doors_again(checkout: Checkout) -> None:
    (checkout.root / "seed-fails").touch()

    started = checkout.start()

    assert started.child.wait(60) == 1
    assert "nobody came" in started.said()
    assert "The office is open" not in started.said()
    assert not checkout.processes()


def test_an_office_of_ones_own_has_no_demo(checkout: Checkout) -> None:
    (checkout.root / "seed-fails").touch()

    started = checkout.start(env={"DEMO": "0"})

    started.wait_for("The office is open")
    assert "demo.office" not in started.said()
    assert (checkout.root / ".local" / "practice" / "kind").read_text() == "practice"
    assert started.end() == 0


def test_a_program_that_does_not_start_ends_the_start(checkout: Checkout) -> None:
    (checkout.root / "web-fails").touch()

    started = checkout.start()

    assert started.child.wait(60) == 1
    assert "the front door is stuck" in started.said()
    assert "web ended while starting" in started.said()
    assert not checkout.processes()


def test_programs_do_not_outlive_a_killed_launcher(checkout: Checkout) -> None:
    started = checkout.start()
    started.wait_for("The office is open")

    started.end(signal.SIGKILL)

    until(lambda: not any("-m granian" in words for words in checkout.processes().values()))
    again = checkout.start()
    again.wait_for("The office is open")
    assert again.end() == 0
    assert not checkout.processes()


def test_an_invented_and_a_real_practice_never_share_a_folder(checkout: Checkout) -> None:
    folder = {"DATA_DIR": str(checkout.root / "data")}
    (checkout.root / "data").mkdir()
    (checkout.root / "data" / "kind").write_text("practice")

    refused = checkout.start(env=folder)

    assert refused.child.wait(10) == 1
    assert "holds a practice. Start it with DEMO=0" in refused.said()


def test_servers_from_outside_are_used_and_none_is_started(checkout: Checkout) -> None:
    outside = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    started = checkout.start(env=outside)

    started.wait_for("The office is open")
    assert not any("postgres" in words for words in checkout.processes().values())
    assert started.end() == 0


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_refused(checkout: Checkout, port: str) -> None:
    refused = checkout.start(env={"PORT": port})

    assert refused.child.wait(10) == 1
    assert f"PORT={port} is not a port" in refused.said()
