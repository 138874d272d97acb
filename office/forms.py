"""What is typed about the office's rules."""

from datetime import datetime
from typing import Any

from django import forms

from kernel import clock
from office import queries

NOBODY = [("", "Nobody")]


class RuleForm(forms.Form):
    """How strict a rule is, who may go on all the same, from when."""

    level = forms.ChoiceField(
        label="What it does",
        choices=[("block", "Blocks"), ("warn", "Warns"), ("off", "Nothing: it is off")],
        widget=forms.RadioSelect,
    )
    override_permission = forms.ChoiceField(
        label="Who may go on all the same, with a reason",
        required=False,
        help_text="Whoever has this right in their role. It matters only while the rule blocks.",
    )
    from_date = forms.DateField(
        label="From when",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The morning of this day; empty: now.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        choice = self.fields["override_permission"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [*NOBODY, *queries.override_choices()]

    def clean_from_date(self) -> Any:
        day = self.cleaned_data["from_date"]
        if day and day <= clock.today(self.now, queries.practice_zone()):
            raise forms.ValidationError("Choose a day to come, or leave it empty for now.")
        if day and not clock.reasonable(day):
            raise forms.ValidationError("Choose a year closer to ours.")
        return day

    def setting(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.change_gate_setting."""
        data = self.cleaned_data
        day = data["from_date"]
        zone = queries.practice_zone()
        return {
            "level": data["level"],
            "override_permission": data["override_permission"],
            "starts_at": clock.days(day, day, zone).lower if day else None,
            "version": data["version"],
        }
