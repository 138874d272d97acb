"""What forms of several rooms are made of: typed lines, dates and times of these times, a version, a reason."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from kernel import clock
from kernel.text import clean


class Line(forms.CharField):
    """A typed line without what cannot be seen."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class Day(forms.DateField):
    """A date of these times; the browser brings its own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found and not clock.reasonable(found):
            raise forms.ValidationError(f"The year {found.year} cannot be right.")
        return found


class Clock(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, **options)


class Ticks(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class Worded(forms.Form):
    """A missing value is named by what it is."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            verb = "Choose" if hasattr(field, "choices") else "Enter"
            field.error_messages["required"] = f"{verb} the {str(field.label).lower()}."


class VersionedForm(Worded):
    """A form over a row that somebody else may have changed since it was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    stale: list[dict[str, str]] = []

    def of(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}

    def overtaken_by(self, theirs: Any) -> None:
        """Keep what was typed, say what differs, and let the next try stand on their version."""
        self.stale = [
            {"label": str(self[name].label), "theirs": _said(getattr(theirs, name)), "yours": _said(mine)}
            for name, mine in self.cleaned_data.items()
            if name != "version" and hasattr(theirs, name) and not isinstance(mine, list | QuerySet)
            and getattr(theirs, name) != mine
        ]  # fmt: skip
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = theirs.version  # type: ignore[index]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) if value else "Nothing"


class ReasonForm(Worded):
    """Why something is declined, canceled or voided."""

    reason = Line(max_length=200, label="Reason", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, required: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = required
