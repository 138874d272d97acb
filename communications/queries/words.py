"""The words of every message as they are now, and how they read with invented values."""

from collections.abc import Mapping
from dataclasses import dataclass

from communications import kinds, wording
from communications.kinds import MessageKind, Words
from communications.models import TemplateVersion, Way

LANGUAGES = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True)
class Slot:
    """One template: a kind, a way and a language, with the words in use."""

    kind: MessageKind
    way: str
    language: str
    words: Words
    version: TemplateVersion | None

    @property
    def number(self) -> int:
        return self.version.number if self.version else 0

    @property
    def way_word(self) -> str:
        return Way(self.way).label

    @property
    def language_word(self) -> str:
        return LANGUAGES.get(self.language, self.language)


@dataclass(frozen=True)
class Preview:
    """How it reads, and what it costs."""

    subject_line: str
    text: str
    characters: int
    texts: int
    way: str

    @property
    def is_long(self) -> bool:
        return self.way == Way.SMS and self.texts > 1


def slots() -> list[Slot]:
    """Every message that the rooms can write, in each way and language it has words for."""
    every = kinds.every()
    own = wording.newest([kind.name for kind in every])
    found = []
    for kind in every:
        places = set(kind.shipped) | {
            (way, language) for name, way, language in own if name == kind.name
        }
        found += [_slot(kind, way, language, own) for way, language in sorted(places)]
    return found


def slot(kind_name: str, way: str, language: str) -> Slot | None:
    kind = kinds.of(kind_name)
    if kind is None or way not in Way.values or language not in LANGUAGES:
        return None
    return _slot(kind, way, language, wording.newest([kind_name]))


def _slot(kind: MessageKind, way: str, language: str, own: wording.Newest) -> Slot:
    version = own.get((kind.name, way, language))
    if version:
        return Slot(kind, way, language, Words(version.text, version.subject_line), version)
    return Slot(kind, way, language, kind.shipped.get((way, language), Words("")), None)


def preview(words: Words, fields: Mapping[str, str], way: str) -> Preview:
    text = wording.fill(words.text, fields)
    characters, texts = wording.texts_needed(text)
    return Preview(wording.fill(words.subject_line, fields), text, characters, texts, way)
