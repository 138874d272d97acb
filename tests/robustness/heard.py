"""Which names a page reads from its address and its form: heard while it works, so that none is listed by hand."""

from contextlib import contextmanager
from html.parser import HTMLParser
from typing import ClassVar
from unittest import mock

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict


class Listening(QueryDict):
    """A query string or form that notes what it is asked for."""

    heard: ClassVar[set] = set()  # a copy of it notes nothing that counts

    def __getitem__(self, key):
        self.heard.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.heard.add(key)
        return super().get(key, default)

    def getlist(self, key, default=None):
        self.heard.add(key)
        return super().getlist(key, default)

    def __contains__(self, key):
        self.heard.add(key)
        return super().__contains__(key)


@contextmanager
def names_read():
    """`with names_read() as (in_address, in_form):` one request or more."""
    address, form = set(), set()

    def listen(given, heard):
        listening = Listening(given.urlencode(), mutable=False)
        listening.heard = heard
        return listening

    plain_get, plain_post = WSGIRequest.GET, WSGIRequest.POST
    with (
        mock.patch.object(
            WSGIRequest, "GET", property(lambda self: listen(plain_get.func(self), address))
        ),
        mock.patch.object(
            WSGIRequest,
            "POST",
            property(lambda self: listen(plain_post.fget(self), form), plain_post.fset),
        ),
    ):
        yield address, form


class Values(HTMLParser):
    """What the forms of a page would send as they stand."""

    def __init__(self):
        super().__init__()
        self.found, self.choosing, self.writing = {}, None, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked:
                self.found.setdefault(given["name"], given.get("value") or "")
        elif tag == "select":
            self.choosing = given.get("name")
        elif tag == "option" and self.choosing and given.get("value"):
            if "selected" in given:
                self.found[self.choosing] = given["value"]
            self.found.setdefault(self.choosing, given["value"])
        elif tag == "textarea":
            self.writing = given.get("name")

    def handle_endtag(self, tag):
        if tag == "select":
            self.choosing = None
        elif tag == "textarea":
            self.writing = None

    def handle_data(self, data):
        if self.writing:
            self.found[self.writing] = self.found.get(self.writing, "") + data


def values_of(html):
    parser = Values()
    parser.feed(html)
    return parser.found
