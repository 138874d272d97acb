"""What goes in and what comes out of the patients' API."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from patients.models import ContactPoint, Encounter, Patient
from patients.models.patient import AdministrativeGender


class ContactPointOut(serializers.ModelSerializer):
    class Meta:
        model = ContactPoint
        fields = ("id", "system", "use", "value", "rank", "is_verified")


class PatientOut(serializers.ModelSerializer):
    """A patient (FHIR Patient, US Core demographics)."""

    contact_points = ContactPointOut(many=True)

    class Meta:
        model = Patient
        fields = (
            "id", "version", "medical_record_number", "family_name", "given_name", "middle_name", "suffix",
            "preferred_name", "birth_date", "gender", "birth_sex", "race", "ethnicity", "language",
            "needs_interpreter", "marital_status", "deceased_at", "note", "is_active", "contact_points",
        )  # fmt: skip


class ContactIn(serializers.Serializer):
    system = serializers.ChoiceField(ContactPoint.System.choices)
    value = serializers.CharField(max_length=254)
    use = serializers.ChoiceField(
        ContactPoint.Use.choices, required=False, allow_blank=True, default=""
    )


class DemographicsIn(serializers.Serializer):
    """The parts of US Core demographics; what is not sent stays as it is."""

    family_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    given_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    middle_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    suffix = serializers.CharField(max_length=20, required=False, allow_blank=True)
    preferred_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    gender = serializers.ChoiceField(AdministrativeGender.choices, required=False)
    birth_sex = serializers.CharField(max_length=8, required=False, allow_blank=True)
    race = serializers.CharField(max_length=120, required=False, allow_blank=True)
    ethnicity = serializers.CharField(max_length=120, required=False, allow_blank=True)
    language = serializers.CharField(max_length=20, required=False, allow_blank=True)
    needs_interpreter = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RegistrationIn(DemographicsIn):
    location = serializers.UUIDField()
    contacts = ContactIn(many=True, required=False, default=list, max_length=20)


class ChangeIn(DemographicsIn):
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class SearchIn(serializers.Serializer):
    q = serializers.CharField(
        max_length=200, allow_blank=True, help_text="`smi,joh`, `smith j`, 7/14/62, digits"
    )
    location = serializers.UUIDField(required=False, allow_null=True, default=None)


class FoundOut(serializers.Serializer):
    """A line of the finder; of patients of other locations name, birth date and chart number only."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    medical_record_number = serializers.CharField()
    sex = serializers.CharField()
    phone = serializers.CharField()


@extend_schema_serializer(many=False)
class FoundList(serializers.Serializer):
    found = FoundOut(many=True)


class EncounterOut(serializers.ModelSerializer):
    """What happened in the office (FHIR Encounter)."""

    class Meta:
        model = Encounter
        fields = (
            "id", "patient", "practitioner", "location", "room", "status", "class_code", "kind", "reason",
            "arrived_at", "roomed_at", "seen_at", "ready_at", "left_at",
        )  # fmt: skip
