"""Who a patient is, as one types it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms

from kernel import clock
from office import queries as office
from office.models import Location
from patients import words
from patients.actions import AddressGiven, ContactGiven
from patients.forms.base import ActionForm, DateTyped, with_kept
from patients.models import Patient
from patients.models.patient import AdministrativeGender

NOT_KNOWN = ("", "Not known")
ASIDE = {"autocomplete": "off"}  # the browser at the desk remembers nobody


def typed(label: str, length: int, *, required: bool = False, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=ASIDE | more.pop("attrs", {}))
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, **more)


class QuickForm(ActionForm):
    """The five things one asks on the phone."""

    says: ClassVar = {"value": "phone"}

    family_name = typed("Family name", 100, required=True)
    given_name = typed("Given name", 100)
    birth_date = DateTyped(label="Birth date")
    phone = typed("Phone", 60, attrs={"inputmode": "tel"})
    gender = forms.ChoiceField(label="Sex", choices=AdministrativeGender.choices, initial="unknown")

    def registration(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.register_patient."""
        data = self.cleaned_data
        names = ("family_name", "given_name", "birth_date", "gender")
        phone = data["phone"]
        return {name: data[name] for name in names} | {
            "contacts": [ContactGiven("phone", phone, "mobile")] if phone else []
        }


class DemographicsForm(ActionForm):
    """What is known of the person."""

    says: ClassVar = {"deceased_at": "deceased_date"}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    family_name = typed("Family name", 100)
    given_name = typed("Given name", 100)
    middle_name = typed("Middle names", 100)
    suffix = typed("Suffix", 20)
    preferred_name = typed("Wants to be called", 100)
    birth_date = DateTyped(label="Birth date", required=False)
    gender = forms.ChoiceField(label="Sex", choices=AdministrativeGender.choices, initial="unknown")
    birth_sex = forms.ChoiceField(
        label="Sex at birth", choices=[NOT_KNOWN, *words.BIRTH_SEXES], required=False
    )
    race = forms.MultipleChoiceField(
        label="Race",
        choices=[(each, each) for each in words.RACES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ethnicity = forms.ChoiceField(
        label="Ethnicity",
        choices=[NOT_KNOWN, *((each, each) for each in words.ETHNICITIES)],
        required=False,
    )
    language = forms.ChoiceField(
        label="Language", choices=[NOT_KNOWN, *words.LANGUAGES], required=False
    )
    needs_interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    marital_status = forms.ChoiceField(
        label="Marital status", choices=[NOT_KNOWN, *words.MARITAL], required=False
    )
    note = typed("Note for the desk", 300, help_text="Shown where one books.")

    def __init__(self, *args: Any, patient: Patient | None = None, **kwargs: Any) -> None:
        if patient is not None:
            kwargs["initial"] = self.shown(patient) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if patient is not None:
            self._keep(patient)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("family_name") or data.get("given_name")):
            self.add_error("family_name", "A patient has a name.")
        return data

    @classmethod
    def shown(cls, row: Any) -> dict[str, Any]:
        values = super().shown(row)
        return values | {"race": [each for each in row.race.split("; ") if each]}

    def demographics(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.register_patient and change_patient."""
        data = {name: self.cleaned_data[name] for name in DemographicsForm.base_fields}
        del data["version"]
        return data | {"race": "; ".join(data["race"])}

    def _keep(self, patient: Patient) -> None:
        kept = {
            "ethnicity": (patient.ethnicity, ""),
            "language": (patient.language, words.language(patient.language)),
            "marital_status": (patient.marital_status, ""),
            "birth_sex": (patient.birth_sex, ""),
        }
        for name, (value, word) in kept.items():
            field: Any = self.fields[name]
            field.choices = with_kept(list(field.choices), value, word)
        race: Any = self.fields["race"]
        for value in patient.race.split("; "):
            race.choices = with_kept(list(race.choices), value)


class ChangeForm(DemographicsForm):
    """The same for somebody who is registered already: it may also close the record."""

    deceased_date = DateTyped(label="Died on", required=False)
    is_active = forms.BooleanField(
        label="Is a patient of the practice",
        required=False,
        help_text="Without the mark nobody is offered when one books.",
    )

    @classmethod
    def shown(cls, row: Any) -> dict[str, Any]:
        died = row.deceased_at
        day = clock.local(died, office.practice_zone()).date() if died else None
        return super().shown(row) | {"deceased_date": day}

    def changes(self, patient: Patient) -> dict[str, Any]:
        """The cleaned form, in the words of actions.change_patient."""
        day = self.cleaned_data["deceased_date"]
        same = day == self.shown(patient)["deceased_date"]
        died = patient.deceased_at if same else _noon(day)
        return self.demographics() | {
            "is_active": self.cleaned_data["is_active"],
            "deceased_at": died,
        }


def _noon(day: Any) -> datetime | None:
    """Of a death one mostly knows the day: noon of it, so that no zone makes it another day."""
    return clock.from_rule(day, time(12), office.practice_zone()) if day else None


class RegistrationForm(DemographicsForm):
    """Everything one asks a new patient for, on one page."""

    says: ClassVar = {"value": "phone", "line": "address_line"}

    location = forms.ChoiceField(label="Registered at")
    phone = typed("Phone", 60, attrs={"inputmode": "tel"})
    phone_use = forms.ChoiceField(
        label="Kind of phone",
        choices=[("mobile", "Mobile"), ("home", "Home"), ("work", "Work")],
        initial="mobile",
    )
    other_phone = typed("Other phone", 60, attrs={"inputmode": "tel"})
    email = forms.EmailField(
        label="E-mail", max_length=254, required=False, widget=forms.EmailInput(attrs=ASIDE)
    )
    address_line = typed("Street", 200)
    city = typed("City", 100)
    state = typed("State", 40)
    postal_code = typed("ZIP code", 20, attrs={"inputmode": "numeric"})

    field_order = ("family_name", "given_name", "birth_date", "gender", "phone")

    def __init__(self, *args: Any, locations: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = {str(each.pk): each for each in locations}
        field: Any = self.fields["location"]
        field.choices = [(key, each.name) for key, each in self.locations.items()]

    def registration(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.register_patient."""
        data = self.cleaned_data
        given = [
            ContactGiven("phone", data["phone"], data["phone_use"]),
            ContactGiven("phone", data["other_phone"]),
            ContactGiven("email", data["email"]),
        ]
        address = AddressGiven(
            line=data["address_line"],
            city=data["city"],
            state=data["state"],
            postal_code=data["postal_code"],
        )
        return self.demographics() | {
            "location": self.locations[data["location"]],
            "contacts": [each for each in given if each.value],
            "address": address if address != AddressGiven() else None,
        }
