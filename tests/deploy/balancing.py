"""A small balancer, like the compose file's proxy: who is ready is asked, who is not there is passed over."""

import http.client
import itertools
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

LOOK_EVERY = 0.25
TRY_FOR = 10.0


class Balancer:
    """Keeps connections open between requests, like a proxy; never sends anything twice."""

    def __init__(self, ports):
        self.ports, self.ready = dict(ports), dict.fromkeys(ports, True)
        self.answered, self.turn = Counter(), itertools.count()
        self._idle = {name: [] for name in ports}
        self._ends = threading.Event()

    def serve(self, name, port):
        """The server of this name is at another port now."""
        self._forget(name)
        self.ports[name] = port

    def __enter__(self):
        self._looker = threading.Thread(target=self._look)
        self._looker.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._looker.join()
        for name in self._idle:
            self._forget(name)

    def _forget(self, name):
        while self._idle[name]:
            self._idle[name].pop().close()

    def _look(self):
        while not self._ends.wait(LOOK_EVERY):
            for name, port in list(self.ports.items()):
                try:
                    address = f"http://localhost:{port}/health/ready"
                    with urllib.request.urlopen(address, timeout=3) as answer:
                        self.ready[name] = answer.status == 200
                except OSError:
                    self.ready[name] = False

    def send(self, method, path, headers, body):
        """The status; a failure that the client of a proxy would see is raised."""
        until = time.monotonic() + TRY_FOR
        while time.monotonic() < until:
            names = [name for name, is_ready in self.ready.items() if is_ready]
            if not names:
                time.sleep(0.05)
                continue
            name = names[next(self.turn) % len(names)]
            try:
                link = self._connection(name)
            except OSError:  # nothing was sent: somebody else may have it
                self.ready[name] = False
                continue
            status = self._send(link, name, method, path, headers, body)
            self.answered[name] += 1
            return status
        raise TimeoutError("nobody is ready")

    def _connection(self, name):
        if self._idle[name]:
            return self._idle[name].pop()
        link = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=30)
        link.connect()
        return link

    def _send(self, link, name, method, path, headers, body):
        try:
            link.request(method, path, body, headers)
            with link.getresponse() as answer:
                answer.read()
                status = answer.status
        except BaseException:
            link.close()
            raise
        if answer.will_close:
            link.close()
        else:
            self._idle[name].append(link)
        return status


class Load:
    """So many requests a second, however long each takes."""

    def __init__(self, balancer, ask, per_second):
        self.balancer, self.ask, self.pause = balancer, ask, 1 / per_second
        self.failed, self.done, self.registered = [], 0, 0
        self._lock, self._ends = threading.Lock(), threading.Event()

    def __enter__(self):
        self._pool = ThreadPoolExecutor(16)
        self._feeder = threading.Thread(target=self._feed)
        self._feeder.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._feeder.join()
        self._pool.shutdown(wait=True)

    def _feed(self):
        for number in itertools.count():
            if self._ends.wait(self.pause):
                return
            self._pool.submit(self._one, number)

    def _one(self, number):
        method, path, headers, body = self.ask(number)
        try:
            status = self.balancer.send(method, path, headers, body)
        except Exception as error:
            status = repr(error)
        with self._lock:
            self.done += 1
            if status not in {200, 201}:
                self.failed.append((method, status))
            self.registered += status == 201
