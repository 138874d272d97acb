"""Why an act was not done. `str()` of each is the sentence a person reads."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.acts import Doing


class Refusal(Exception):
    """An act that could not be done; nothing of it was written."""

    code = "refused"
    title = "This could not be done"
    status = 409

    def __init__(self, sentence: str = "", **context: Any) -> None:
        super().__init__(sentence or self.title)
        self.context = context
        self.doing: Doing | None = None

    def more(self) -> dict[str, Any]:
        """What a problem document adds for programs: alternatives, suggestions, the field."""
        return {}


class Forbidden(Refusal):
    """The actor has no right to do this."""

    code = "forbidden"
    title = "You do not have the right to do this"
    status = 403


class OutOfScope(Forbidden):
    """The thing belongs where the actor does not work; for them it does not exist."""

    code = "not-found"
    title = "There is nothing here that you may open"
    status = 404


class StaleVersion(Refusal):
    """Somebody else changed the row since the form was opened; carries theirs and yours."""

    code = "stale"
    title = "Somebody else changed this in the meantime"

    def __init__(self, theirs: Any, changes: dict[str, Any] | None = None) -> None:
        super().__init__(self.title, theirs=theirs, yours=changes or {})
        self.theirs = theirs
        self.yours = changes or {}

    def more(self) -> dict[str, Any]:
        return {"version": self.theirs.version}


class Invalid(Refusal):
    """A value that no form would have let through; names the field."""

    code = "invalid"
    title = "Something in the request is not right"
    status = 422

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence, field=field)
        self.field = field

    def more(self) -> dict[str, Any]:
        return {"errors": {self.field: [str(self)]}} if self.field else {}


class TooLarge(Refusal):
    """More was sent than this address takes."""

    code = "too-large"
    title = "More was sent than this page takes"
    status = 413


class Unreadable(Refusal):
    """The request is in an encoding the house does not speak."""

    code = "unreadable"
    title = "The request must be encoded as UTF-8"
    status = 415


class NotSecure(Refusal):
    """A program asked in the open what goes through TLS alone; a browser would be led there instead."""

    code = "not-secure"
    title = "Ask by https: what was sent here could be read by others, the token too"
    status = 403


class NoSuchMethod(Refusal):
    """TRACE and its like: a way to have headers read back, which nothing of the house needs."""

    code = "method"
    title = "This method is not known here"
    status = 405
