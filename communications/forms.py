"""What is typed about messages."""

from datetime import date
from typing import Any

from django import forms

from communications import audiences
from communications.kinds import Words
from communications.models import Channel
from kernel import clock
from kernel.text import UNSEEN
from office.models import Location

BY = [each for each in Channel.choices if each[0] in {Channel.ANY, Channel.SMS, Channel.EMAIL}]


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label="Why it is not sent", max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": "Called her · Told at the desk · Wrong number"}),
    )  # fmt: skip


class WordsForm(forms.Form):
    """A template: the words, and the version over which they were written."""

    subject_line = forms.CharField(label="Subject", max_length=150, required=False)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 7}), max_length=4000)
    seen_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, has_subject: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_subject:
            del self.fields["subject_line"]

    def words(self) -> Words:
        return Words(
            UNSEEN.sub("", self.cleaned_data.get("text", "")).replace("\r\n", "\n"),
            UNSEEN.sub("", self.cleaned_data.get("subject_line", "")),
        )


class BroadcastForm(forms.Form):
    """To whom, on which days, by which way, what."""

    audience = forms.ChoiceField(label="To")
    first = forms.DateField(
        label="Booked from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label="to",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    channel = forms.ChoiceField(label="By", choices=BY)
    subject_line = forms.CharField(label="Subject of the e-mail", max_length=150, required=False)
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 1000}), max_length=1000,
        help_text="Fields: {first_name}, {appt_day}, {appt_time}, {location_name}, {location_phone}.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.name, each.label) for each in audiences.every()]
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        for name in ("first", "last"):
            if isinstance(cleaned.get(name), date) and not clock.reasonable(cleaned[name]):
                self.add_error(name, "This year cannot be right.")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")
        return cleaned

    def broadcast(self, location: Location) -> dict[str, Any]:
        data = self.cleaned_data
        span = clock.days(data["first"], data["last"] or data["first"], location.zone)
        words = Words(
            UNSEEN.sub("", data["text"]).replace("\r\n", "\n"), UNSEEN.sub("", data["subject_line"])
        )
        return {
            "location": location, "audience": data["audience"], "first_at": span.lower, "last_at": span.upper,
            "channel": data["channel"], "words": words,
        }  # fmt: skip
