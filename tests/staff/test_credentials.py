"""Licenses and certificates: entered, renewed, corrected, voided; and who is told in time."""

from datetime import date

import pytest
from django.db import IntegrityError

from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope, StaleVersion
from office.roles import Role
from staff import actions
from staff.models import Credential
from tests import factories


@pytest.fixture
def add(dana, hr):
    def added(**more):
        terms = {
            "employee": dana, "kind": "license", "number": "A1", "state": "ny",
            "issued_date": date(2024, 1, 1), "expires_date": date(2026, 12, 1), "by": hr,
        }  # fmt: skip
        return actions.add_credential(**terms | more)

    return added


def announced():
    return [each.payload["credential_id"] for each in OutboxEvent.objects.order_by("id")]


def test_a_credential_is_entered(add):
    credential = add(is_required=True)

    credential.refresh_from_db()
    assert (credential.state, credential.is_required) == ("NY", True)
    assert announced() == [str(credential.pk)]
    assert AuditEvent.objects.get().subject_ids == [credential.pk]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "horoscope"}, "kind"),
        ({"expires_date": date(2024, 1, 1)}, "expires_date"),
        ({"expires_date": date(9999, 1, 1)}, "expires_date"),
        ({"issued_date": date(1, 1, 1)}, "issued_date"),
    ],
)
def test_what_makes_no_sense_is_refused(add, wrong, field):
    with pytest.raises(Invalid) as refused:
        add(**wrong)

    assert refused.value.field == field
    assert not Credential.objects.exists()
    assert announced() == []


def test_only_who_keeps_credentials_enters_them(add, desk):
    with pytest.raises(Forbidden):
        add(by=desk)


def test_a_credential_is_renewed_and_its_past_kept(add, hr):
    row = actions.renew_credential(
        credential=add(), version=1, expires_date=date(2028, 12, 1),
        issued_date=date(2026, 11, 20), number="A2", by=hr,
    )  # fmt: skip

    row.refresh_from_db()
    assert (row.expires_date, row.number, row.version) == (date(2028, 12, 1), "A2", 2)
    assert row.history.get().expires_date == date(2026, 12, 1)
    assert len(announced()) == 2


def test_a_renewal_holds_longer(add, hr):
    credential = add()

    with pytest.raises(Invalid, match="after 1 Dec 2026"):
        actions.renew_credential(
            credential=credential, version=1, expires_date=date(2026, 12, 1), by=hr
        )

    assert len(announced()) == 1


def test_one_without_an_end_gets_one(add, hr):
    credential = add(expires_date=None)

    row = actions.renew_credential(
        credential=credential, version=1, expires_date=date(2027, 1, 1), by=hr
    )
    assert row.number == "A1"


def test_a_mistake_is_corrected(add, hr):
    row = actions.change_credential(
        credential=add(), version=1, state="nj", is_required=True, by=hr
    )

    assert (row.state, row.is_required) == ("NJ", True)
    assert AuditEvent.objects.get(action="staff.change_credential").details == {
        "changed": ["state", "is_required"]
    }


def test_an_old_form_changes_nothing(add, hr):
    credential = add()
    actions.change_credential(credential=credential, version=1, number="B7", by=hr)

    with pytest.raises(StaleVersion) as refused:
        actions.renew_credential(
            credential=credential, version=1, expires_date=date(2028, 1, 1), by=hr
        )

    assert refused.value.theirs.number == "B7"


def test_only_known_fields_change(add, hr):
    with pytest.raises(TypeError, match="voided_at"):
        actions.change_credential(credential=add(), version=1, voided_at=None, by=hr)


def test_a_credential_is_voided_with_a_reason(add, hr, now):
    row = actions.void_credential(credential=add(), reason="Wrong person", by=hr, at=now)

    row.refresh_from_db()
    assert (row.voided_at, row.void_reason) == (now, "Wrong person")
    assert AuditEvent.objects.get(action="staff.void_credential").reason == "Wrong person"


def test_voiding_needs_a_reason(add, hr, now):
    with pytest.raises(Invalid, match="reason is kept"):
        actions.void_credential(credential=add(), reason="  ", by=hr, at=now)

    assert Credential.objects.get().voided_at is None


def test_what_is_void_does_not_change_any_more(add, hr, now):
    credential = add()
    actions.void_credential(credential=credential, reason="Wrong person", by=hr, at=now)

    for change in (
        lambda: actions.void_credential(credential=credential, reason="Again", by=hr, at=now),
        lambda: actions.change_credential(credential=credential, version=2, number="1", by=hr),
        lambda: actions.renew_credential(
            credential=credential, version=2, expires_date=date(2030, 1, 1), by=hr
        ),
    ):
        with pytest.raises(actions.CredentialVoid):
            change()

    assert len(announced()) == 2


def test_the_credentials_of_a_file_one_may_not_open_do_not_exist(add, location, now):
    from django.contrib.auth.models import Group, Permission

    credential = add()
    Group.objects.get(name=Role.HR).permissions.remove(
        Permission.objects.get(codename="view_all_files")
    )

    with pytest.raises(OutOfScope):
        actions.void_credential(
            credential=credential, reason="No", by=factories.actor(Role.HR, location), at=now
        )


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("credential_kind_known", {"kind": "horoscope"}),
        ("credential_expires_after_issue", {"expires_date": date(2024, 1, 1)}),
        ("credential_void_has_reason", {"void_reason": "Why not"}),
    ],
)
def test_the_database_refuses(dana, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint):
        factories.CredentialFactory(employee=dana, **wrong)


def test_the_spoken_word_fits_into_a_sentence():
    spoken = [
        Credential(kind="license").spoken,
        Credential(kind="dea").spoken,
        Credential(kind="life-support", name="ACLS").spoken,
    ]
    assert spoken == ["license", "DEA registration", "ACLS"]
