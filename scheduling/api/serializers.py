"""What goes in and what comes out; one serializer per direction, rules in neither."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from scheduling.actions.flow import STEPS
from scheduling.models import AppointmentStatus, AppointmentType, CancelledBy, Confirmation


class Named(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PatientName(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    medical_record_number = serializers.CharField()


class AppointmentOut(serializers.Serializer):
    """An appointment as it is read; `start` and `end` carry the location's offset."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(AppointmentStatus.choices)
    confirmation = serializers.ChoiceField(Confirmation.choices)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    lane = serializers.IntegerField()
    location = serializers.UUIDField()
    patient = PatientName()
    practitioner = Named(allow_null=True)
    appointment_type = Named()
    room = serializers.UUIDField(allow_null=True)
    encounter = serializers.UUIDField(allow_null=True)
    note = serializers.CharField()
    overbook_reason = serializers.CharField()
    is_walk_in = serializers.BooleanField()


@extend_schema_serializer(many=False)
class AppointmentPage(serializers.Serializer):
    """One page of a list; the next begins after `next_after`."""

    results = AppointmentOut(many=True)
    next_after = serializers.UUIDField(allow_null=True)


class BookingIn(serializers.Serializer):
    """`start`: RFC 3339, or without offset: wall time at the location."""

    patient = serializers.UUIDField()
    practitioner = serializers.UUIDField(required=False, allow_null=True, default=None)
    location = serializers.UUIDField()
    appointment_type = serializers.UUIDField()
    start = serializers.CharField(max_length=40)
    room = serializers.UUIDField(required=False, allow_null=True, default=None)
    minutes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=-1, max_value=100_000
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    overbook_reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200
    )
    overrides = serializers.DictField(
        child=serializers.CharField(max_length=300),
        required=False,
        default=dict,
        help_text="rule → reason",
    )


class WalkInIn(serializers.Serializer):
    patient = serializers.UUIDField()
    practitioner = serializers.UUIDField(required=False, allow_null=True, default=None)
    location = serializers.UUIDField()
    appointment_type = serializers.UUIDField()
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class MoveIn(serializers.Serializer):
    start = serializers.CharField(max_length=40)
    practitioner = serializers.UUIDField(required=False, allow_null=True, default=None)
    minutes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=-1, max_value=100_000
    )
    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**31 - 1
    )
    overbook_reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200
    )
    overrides = serializers.DictField(
        child=serializers.CharField(max_length=300), required=False, default=dict
    )


class CancelIn(serializers.Serializer):
    cancelled_by = serializers.ChoiceField(CancelledBy.choices)
    reason = serializers.CharField(max_length=200)


class AdvanceIn(serializers.Serializer):
    step = serializers.ChoiceField([(step, step) for step in STEPS])
    room = serializers.UUIDField(required=False, allow_null=True, default=None)


class OpeningOut(serializers.Serializer):
    """A time at which this type of visit can be booked."""

    start = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    practitioner = serializers.UUIDField()
    location = serializers.UUIDField()


@extend_schema_serializer(many=False)
class OpeningList(serializers.Serializer):
    results = OpeningOut(many=True)


class AppointmentTypeOut(serializers.ModelSerializer):
    class Meta:
        model = AppointmentType
        fields = (
            "id", "name", "minutes", "color", "needs_practitioner", "room_kind", "device_kind", "is_telehealth",
            "overbook_cap", "is_active",
        )  # fmt: skip


@extend_schema_serializer(many=False)
class AppointmentTypeList(serializers.Serializer):
    results = AppointmentTypeOut(many=True)
