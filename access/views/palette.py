"""One field over everything one can go to or do. What is typed travels in a body, never in an address."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kernel import panels, policy, subjects
from kernel.actors import Actor
from kernel.policy import page
from kernel.subjects import Hit
from kernel.text import clean, search_key

PER_KIND = 6
NONE = "Nothing found. Try the beginning of a name, a birth date, or a phone number."
NO_PAGE = "Nothing found. Try the beginning of a name or of a page."  # no patients for them


@dataclass(frozen=True)
class Item:
    id: str
    icon: str
    label: str
    detail: str
    url: str
    drawer: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    items: list[Item]


@page()
@require_http_methods(["GET", "POST"])
def palette(request: HttpRequest) -> HttpResponse:
    """The answer to what is typed; without scripts a page with the same field and the same answer."""
    text = clean(request.POST.get("q", ""))[:100]
    groups = list(_found(request, text)) if request.method == "POST" else []
    none = NONE if subjects.examples(request.actor) else NO_PAGE  # type: ignore[attr-defined]
    context = {"groups": groups, "none": none, "asked": text}
    if request.headers.get("HX-Request"):
        return render(request, "components/palette_results.html", context)
    return render(request, "access/find.html", context)


def _found(request: HttpRequest, text: str) -> Iterator[Group]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    hits = subjects.search(text, actor, PER_KIND)
    for kind, of_kind in groupby(hits, key=lambda hit: hit.kind):
        shown = list(of_kind)
        policy.saw(request, kind, [hit.id for hit in shown])
        yield Group(_plural(kind), [_as_item(hit) for hit in shown])
    wanted = search_key(text)
    if begin := [
        Item(f"new-{item.url_name.replace(':', '-')}", item.icon, item.label, item.key,
             reverse(item.url_name), drawer=True)
        for item in panels.new_for(actor) if _fits(wanted, item.label)
    ]:  # fmt: skip
        yield Group("Begin", begin)
    if pages := [
        Item(f"page-{item.url_name.replace(':', '-')}", item.icon, item.label, item.line, reverse(item.url_name))
        for item in panels.nav_for(actor) if _fits(wanted, f"{item.label} {item.line}")
    ]:  # fmt: skip
        yield Group("Go to", pages)


def _fits(wanted: str, label: str) -> bool:
    """Every typed word begins one of the label's."""
    words = search_key(label).split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


def _as_item(hit: Hit) -> Item:
    return Item(f"{hit.kind.replace('.', '-')}-{hit.id}", hit.icon, hit.label, hit.detail, hit.url)


def _plural(kind: str) -> str:
    known = subjects.of(kind)
    return f"{known.name}s" if known else "Found"
