"""One Valkey server (Redis protocol), run from its wheel: loopback only, by password only."""

import signal
import socket
import subprocess
from dataclasses import dataclass

from launch import keys, places, processes
from launch.paths import log_dir, make_private

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
databases 128
daemonize no
save {save}
"""


@dataclass
class Valkey:
    """The broker and cache of one profile."""

    profile: str
    preferred_port: int
    name: str = "Valkey"
    stop_word: int = signal.SIGTERM

    def __post_init__(self) -> None:
        self.data = places.data_home(self.profile) / "valkey"

    def prepare(self) -> None:
        make_private(self.data)
        places.service_user().own(self.data)

    def start(self, port: int) -> subprocess.Popen[bytes]:
        settings = SETTINGS.format(
            port=port,
            password=keys.password("valkey"),
            folder=self.data,
            save='""' if self.profile == "test" else "60 1",
        )
        with open(log_dir() / f"valkey-{self.profile}.log", "ab") as log:
            child = processes.start(
                [
                    places.valkey_program(),
                    "-",
                ],  # settings by stdin: a password in `ps` is no secret
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                **places.service_user().how(),
            )
        assert child.stdin is not None
        child.stdin.write(settings.encode())
        child.stdin.close()
        return child

    def is_ready(self, port: int) -> bool:
        """It answers our password with PONG: neither loading nor somebody else's server."""
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(f"AUTH {keys.password('valkey')}\r\nPING\r\n".encode())
                heard = b""
                while heard.count(b"\r\n") < 2 and (more := connection.recv(256)):
                    heard += more
        except OSError:
            return False
        return heard == b"+OK\r\n+PONG\r\n"

    def urls(self, port: int) -> dict[str, str]:
        return {"REDIS_URL": f"redis://:{keys.password('valkey')}@127.0.0.1:{port}/0"}
