"""What the forms of this room share: they speak to an action, and say what it refused where it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone

from kernel import clock
from kernel.refusals import Refusal, StaleVersion
from kernel.text import read_birth_date
from office import queries as office


@dataclass(frozen=True)
class Difference:
    """One field that two people changed differently."""

    label: str
    theirs: str
    yours: str


class ActionForm(forms.Form):
    """A form whose cleaned data are the words of one action."""

    error_css_class = "field--bad"
    says: ClassVar[Mapping[str, str]] = {}  # the action's word for a field → the form's

    def refuse(self, refusal: Refusal) -> None:
        """Say the refusal at its field, or above the form."""
        field = getattr(refusal, "field", "")
        name = self.says.get(field, field)
        self.add_error(name if name in self.fields else None, str(refusal))

    def take_over(self, refusal: StaleVersion) -> list[Difference]:
        """
        Somebody was quicker: keep what was typed, and carry their version, so that sending the form again
        is a decision. Returns what differs.
        """
        theirs = self.shown(refusal.theirs)
        typed: Any = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        typed["version"] = refusal.theirs.version
        self.data = typed
        return [
            Difference(str(field.label), self._word(name, theirs[name]), self._word(name, yours))
            for name, field in self.fields.items()
            if name in theirs and (yours := self.cleaned_data.get(name)) != theirs[name]
        ]

    @classmethod
    def shown(cls, row: Any) -> dict[str, Any]:
        """The row in the form's own words: what it shows before anybody types."""
        return {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, date):
            return f"{value.day} {value:%b %Y}"
        if isinstance(value, list):
            return "; ".join(map(str, value)) or "Empty"
        choices = dict(getattr(self.fields[name], "choices", []))
        return str(choices.get(value, value) or "Empty")


class DateTyped(forms.CharField):
    """A day as it is typed at a desk: `7/14/62`, `07/14/1962` or `1962-07-14`; two-digit years lie behind us."""

    default_error_messages: ClassVar = {"unclear": "This is not a day. Type it as 7/14/1962."}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "mm/dd/yyyy", "autocomplete": "off"}
        )
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        typed = super().clean(value)
        if not typed:
            return None
        today = clock.today(timezone.now(), office.practice_zone())
        day = read_birth_date(typed, today)
        if day is None:
            raise forms.ValidationError(self.error_messages["unclear"], code="unclear")
        return day

    def prepare_value(self, value: Any) -> Any:
        return f"{value.month}/{value.day}/{value.year:04}" if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


def with_kept(choices: list[tuple[str, str]], kept: str, word: str = "") -> list[tuple[str, str]]:
    """Choices and, should an import have brought another value, that one too: a form never loses it."""
    known = {code for code, _ in choices}
    return [*choices, (kept, word or kept)] if kept and kept not in known else choices
