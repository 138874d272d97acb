"""What programs read is in the trail, for each of them."""

from kernel.models import AuditEvent
from office.roles import Role


def reads(patient):
    return AuditEvent.objects.filter(outcome="read", subject_ids=[patient.pk])


def test_what_one_program_has_read_another_one_still_leaves_a_trace_of(api_of, location, patient):
    for program in (api_of(Role.FRONT_DESK, location), api_of(Role.PHYSICIAN, location)):
        assert program.get(f"/api/v1/patients/{patient.pk}/").status_code == 200

    assert len(set(reads(patient).values_list("actor_id", flat=True))) == 2


def test_the_same_program_reading_again_is_one_look(api, patient):
    for _ in range(2):
        api.get(f"/api/v1/patients/{patient.pk}/")

    assert reads(patient).count() == 1
