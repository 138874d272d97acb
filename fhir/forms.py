"""What one says to import a file."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings

from fhir.actions.uploading import SUFFIXES
from fhir.importer import DEFAULT_SOURCE
from kernel.refusals import Refusal
from kernel.text import clean
from office.models import Location


class ImportForm(forms.Form):
    """One file, where its patients are known from now on, and what the other system is called."""

    file = forms.FileField(
        label="File",
        help_text="A FHIR R4 bundle (.json) or a bulk export (.ndjson).",
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    location = forms.ChoiceField(label="Patients are known at")
    source = forms.CharField(
        label="Other system",
        max_length=60,
        initial=DEFAULT_SOURCE,
        help_text="The same name each time: patients are found again by it.",
    )

    def __init__(self, *args: Any, locations: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = {str(each.pk): each for each in locations}
        field: Any = self.fields["location"]
        field.choices = [(key, each.name) for key, each in self.locations.items()]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(SUFFIXES):
            raise forms.ValidationError("Choose a .json or .ndjson file.")
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {settings.UPLOAD_MAX_BYTES >> 20} MB. "
                "Ask whoever runs the server to import it by command."
            )
        return file

    def clean_source(self) -> str:
        return clean(self.cleaned_data["source"])

    def upload(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.start_import."""
        data = self.cleaned_data
        return {
            "chunks": data["file"].chunks(),
            "suffix": PurePath(data["file"].name.lower()).suffix,
            "location": self.locations[data["location"]],
            "source": data["source"],
        }

    def refuse(self, refusal: Refusal) -> None:
        field = getattr(refusal, "field", "")
        self.add_error(field if field in self.fields else None, str(refusal))
