"""A virus scanner on a real socket: clamd's INSTREAM as its manual says it, with one signature and some moods."""

import socket
import socketserver
import struct
import threading
import time
from contextlib import contextmanager

# The antivirus industry's harmless test file, in two parts, or this file would be one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGEST = 1 << 20  # StreamMaxLength


class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.calls += 1
        mood = self.server.mood
        if mood == "hangs up":
            return
        if self.request.recv(10) != b"zINSTREAM\0":
            self.request.sendall(b"UNKNOWN COMMAND\0")
            return
        body = self._body()
        if mood == "slow":
            time.sleep(self.server.slow)
        if body is None:
            self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif mood:
            self.request.sendall(mood.encode() + b"\0")
        elif EICAR in body:
            self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.server.seen.append(body)
            self.request.sendall(b"stream: OK\0")

    def _body(self):
        whole = b""
        while length := struct.unpack("!I", self._exactly(4))[0]:
            whole += self._exactly(length)
            if len(whole) > LARGEST:
                return None
        return whole

    def _exactly(self, count):
        got = b""
        while len(got) < count:
            piece = self.request.recv(count - len(got))
            if not piece:
                raise ConnectionError
            got += piece
        return got


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    mood, slow, calls = "", 1.0, 0

    def handle_error(self, request, client_address):
        """Who hangs up on us is what some tests do."""


class UnixServer(Server):
    address_family = socket.AF_UNIX


@contextmanager
def running(server, url):
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server, url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def over_tcp():
    server = Server(("127.0.0.1", 0), Talk)
    return running(server, f"tcp://127.0.0.1:{server.server_address[1]}")


def over_a_socket(path):
    return running(UnixServer(str(path), Talk), f"unix://{path}")
