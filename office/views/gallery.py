"""The component gallery: every part of a page in every state, walked by the accessibility tests."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.policy import page, public
from office.permissions import Permission
from office.views.gallery_samples import SAMPLES

SHOWS_NOBODY = "shows invented people only, in a demo practice or on a developer's machine"
guard = (
    public(reason=SHOWS_NOBODY)
    if settings.DEMO or settings.DEBUG
    else page(permission=Permission.OPEN_ADMIN_PANEL)
)


class SampleForm(forms.Form):
    """One field of each shape; bound with what a hurried person types, so that errors show."""

    birth_date = forms.CharField(label="Date of birth", help_text="Read as 14 Jul 1962, 64 years")
    mobile = forms.CharField()
    visit_type = forms.ChoiceField(
        choices=[("", "Choose"), ("follow-up", "Follow-up")], required=False
    )
    note = forms.CharField(
        label="Note for the desk", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reminders = forms.BooleanField(
        label="Reminders by text", help_text="at booking, 1 day, 2 h before"
    )
    sex = forms.ChoiceField(
        choices=[("female", "Female"), ("male", "Male")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        choices=[("mon", "Mon"), ("tue", "Tue"), ("wed", "Wed")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_mobile(self) -> str:
        raise forms.ValidationError("A US number has 10 digits, this one has 8.")


def sample_form(prefix: str, *, bound: bool) -> SampleForm:
    typed = {
        f"{prefix}-birth_date": "7/14/62",
        f"{prefix}-mobile": "503 555 01",
    }
    return SampleForm(typed if bound else None, prefix=prefix)


@guard
def gallery(request: HttpRequest) -> HttpResponse:
    forms_shown = {
        "fresh": sample_form("fresh", bound=False),
        "refused": sample_form("refused", bound=True),
        "differences": [{"label": "Mobile", "theirs": "(503) 555-0101", "yours": "(503) 555-0110"}],
    }
    return render(request, "office/gallery.html", {**SAMPLES, **forms_shown})
