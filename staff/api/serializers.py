"""What goes in and what comes out of the staff API."""

from rest_framework import serializers

from staff.models import Credential, CredentialKind, Employee, EmployeeTime, Practitioner


class PractitionerOut(serializers.ModelSerializer):
    """Who sees patients (FHIR Practitioner)."""

    class Meta:
        model = Practitioner
        fields = (
            "id", "family_name", "given_name", "qualification", "specialty", "npi", "is_bookable", "is_external",
            "locations",
        )  # fmt: skip


class EmployeeOut(serializers.ModelSerializer):
    class Meta:
        model = Employee
        fields = (
            "id", "version", "family_name", "given_name", "preferred_name", "position", "department", "locations",
            "supervisor", "fte", "phone", "email", "hired_date", "parted_date",
        )  # fmt: skip


class CredentialOut(serializers.ModelSerializer):
    class Meta:
        model = Credential
        fields = (
            "id", "version", "employee", "kind", "name", "number", "state", "issued_date", "expires_date",
            "is_required", "voided_at", "void_reason",
        )  # fmt: skip


class CredentialIn(serializers.Serializer):
    """`expires_date` is the first day on which it no longer holds."""

    employee = serializers.UUIDField()
    kind = serializers.ChoiceField(CredentialKind.choices)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    state = serializers.CharField(max_length=2, required=False, allow_blank=True, default="")
    issued_date = serializers.DateField(required=False, allow_null=True, default=None)
    expires_date = serializers.DateField(required=False, allow_null=True, default=None)
    is_required = serializers.BooleanField(required=False, default=False)


class RenewIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    expires_date = serializers.DateField()
    issued_date = serializers.DateField(required=False, allow_null=True, default=None)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class TimeOut(serializers.ModelSerializer):
    """Leave or a shift; `start` and `end` half-open."""

    start = serializers.DateTimeField(source="period.lower")
    end = serializers.DateTimeField(source="period.upper")

    class Meta:
        model = EmployeeTime
        fields = (
            "id", "version", "employee", "kind", "leave_type", "status", "start", "end", "note", "decided_at",
            "decision_reason",
        )  # fmt: skip


class TimeIn(serializers.Serializer):
    employee = serializers.UUIDField()
    leave_type = serializers.ChoiceField(EmployeeTime.LeaveType.choices)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
