"""What the child finds, in terms that carry nothing but codes and numbers."""

from dataclasses import dataclass, field

from desk.safety.kinds import Kind


class NotTaken(Exception):
    """The file is refused; the sentence belongs to the code (`kinds.SENTENCES`)."""

    def __init__(self, code: str, limit: int | float | str = "") -> None:
        super().__init__(code)
        self.code, self.limit = code, limit


@dataclass(frozen=True)
class Bounds:
    """How much of anything a file may have."""

    file_bytes: int
    pages: int
    megapixels: int

    @property
    def pixels(self) -> int:
        return self.megapixels * 1_000_000

    @property
    def megabytes(self) -> int:
        return self.file_bytes >> 20


@dataclass
class Clean:
    """The file as it will be kept, made anew from what was read."""

    kind: Kind
    body: bytes
    text: str = ""
    pages: int = 0
    removed: list[str] = field(default_factory=list)

    def took_out(self, what: str) -> None:
        if what not in self.removed:
            self.removed.append(what)
