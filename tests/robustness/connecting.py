"""Whom this process connects to: heard by the interpreter itself, whatever opens the socket."""

import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings

_listening: list[
    list
] = []  # a hook of the interpreter cannot be taken off again: it is put on once, below


def _hook(event, arguments):
    if event == "socket.connect":
        for each in _listening:
            each.append(arguments[1])


sys.addaudithook(_hook)


@contextmanager
def connections():
    """Every address that is connected to while it lasts."""
    heard = []
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening[:] = [each for each in _listening if each is not heard]


def strangers(heard):
    """Of these the ones that are not our own servers. (Postgres is reached by its own library, by our settings.)"""
    ours = {urlsplit(each).port for each in (settings.REDIS_URL, settings.CACHE_URL)}
    return {each for each in heard if not isinstance(each, str) and each[1] not in ours}
