"""What is typed on a checklist, in the words of its acts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from desk.models import ChecklistTemplate
from office.fields import Line, Worded
from office.models import Location


class Figure(forms.DecimalField):
    """A number as people write it: −18, 4,5, $120."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.strip().lstrip("$").replace("−", "-").replace(" ", "").replace(",", ".")
        return super().to_python(value)


class TickForm(forms.Form):
    """The evidence of one item; what it must have, the act knows."""

    number = Figure(required=False, max_digits=9, decimal_places=2, label="Number")
    signature = Line(required=False, max_length=120, label="Signature")
    note = Line(required=False, max_length=300, label="What was done about it")

    def evidence(self) -> dict[str, Any]:
        return self.cleaned_data


class CloseForm(Worded):
    """Why something is left out."""

    reason = Line(
        required=False, max_length=300, label="Why", widget=forms.Textarea(attrs={"rows": 2})
    )


class PastForm(forms.Form):
    """What narrows the list of days past."""

    template = forms.ModelChoiceField(
        ChecklistTemplate.objects.none(),
        required=False,
        empty_label="All checklists",
        label="Checklist",
    )
    location = forms.ModelChoiceField(
        Location.objects.none(), required=False, empty_label="All my locations", label="Where"
    )

    def __init__(self, *args: Any, locations: QuerySet[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["template"].queryset = ChecklistTemplate.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]
