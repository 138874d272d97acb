"""How to reach a patient, and who else matters, as one types it."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from patients import words
from patients.actions import AddressGiven, RelatedGiven
from patients.forms.base import ActionForm, DateTyped
from patients.forms.person import ASIDE, typed
from patients.models import ContactPoint, Patient


class ContactForm(ActionForm):
    """A phone number or an e-mail address."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    value = typed("Number or e-mail", 254, required=True)
    system = forms.ChoiceField(label="Kind", choices=ContactPoint.System.choices, initial="phone")
    use = forms.ChoiceField(
        label="Used for",
        choices=[("", "Not said"), *ContactPoint.Use.choices],
        required=False,
        initial="mobile",
    )
    is_first = forms.BooleanField(label="Ask here first", required=False)

    def __init__(self, *args: Any, contact: ContactPoint | None = None, **kwargs: Any) -> None:
        if contact is not None:
            kwargs["initial"] = self.shown(contact)
        super().__init__(*args, **kwargs)
        if contact is not None:
            del self.fields["system"]  # a phone does not become an e-mail address

    @classmethod
    def shown(cls, row: Any) -> dict[str, Any]:
        return super().shown(row) | {"is_first": row.rank == 1}

    def contact(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.add_contact and change_contact."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AddressForm(ActionForm):
    """Where somebody lives, and since when."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    line = typed("Street", 200)
    city = typed("City", 100)
    state = typed("State", 40)
    postal_code = typed("ZIP code", 20, attrs={"inputmode": "numeric"})
    start_date = DateTyped(label="Lives there since", required=False)

    def given(self) -> AddressGiven:
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return AddressGiven(**data)


class EndForm(ActionForm):
    """From which day on somebody no longer lives there."""

    end_date = DateTyped(label="Until")


class RelatedForm(ActionForm):
    """Somebody who matters to the patient."""

    says: ClassVar = {"other_patient": "other_patient_id"}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    relationship = typed("Is the patient’s", 40, required=True, attrs={"list": "relationships"})
    other_patient_id = forms.UUIDField(
        label="Patient of the practice", required=False, widget=forms.HiddenInput
    )
    given_name = typed("Given name", 100)
    family_name = typed("Family name", 100)
    phone = typed("Phone", 60, attrs={"inputmode": "tel"})
    email = forms.EmailField(label="E-mail", required=False, widget=forms.EmailInput(attrs=ASIDE))
    is_emergency_contact = forms.BooleanField(label="Call in an emergency", required=False)

    relationships = words.RELATIONSHIPS

    def __init__(self, *args: Any, findable: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findable = findable

    def clean_other_patient_id(self) -> UUID | None:
        wanted: UUID | None = self.cleaned_data["other_patient_id"]
        if wanted and not self.findable.filter(pk=wanted).exists():
            raise forms.ValidationError("Pick one of the patients found.")
        return wanted

    def given(self) -> RelatedGiven:
        data = dict(self.cleaned_data)
        del data["version"]
        other = data.pop("other_patient_id")
        return RelatedGiven(**data, other_patient=Patient(pk=other) if other else None)
