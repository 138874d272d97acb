"""Screens and other machines at which nobody signs in."""

from datetime import datetime

from access import devices
from access.models import Device, User
from access.permissions import Permission
from kernel import acts
from kernel.actors import Actor, ActorKind
from kernel.acts import act
from kernel.refusals import Invalid, Refusal
from office.models import Location


class CodeNotKnown(Refusal):
    """Mistyped, used already, or older than ten minutes."""

    code = "device-code"
    title = "This code is not known, was used already, or is older than ten minutes"
    status = 422


@act(permission=Permission.MANAGE_DEVICES, scope=lambda asked: asked["location"])
def add_device(
    *, kind: str, name: str, location: Location, shows: str, by: Actor, at: datetime
) -> tuple[Device, str]:
    """Prepare a machine for a location; the code that is typed there is returned for this once."""
    device = Device(kind=kind, name=name, location=location, shows=shows)
    return device, _give_code(device, by, at)


@act(permission=Permission.MANAGE_DEVICES, scope=lambda asked: asked["device"].location)
def change_device(*, device: Device, name: str, shows: str, by: Actor) -> Device:
    """What it is called, and what it shows of those who wait."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    acts.note(device, changed=device.save_changes(name=name, shows=shows))
    return device


@act(permission=Permission.MANAGE_DEVICES, scope=lambda asked: asked["device"].location)
def give_new_code(*, device: Device, by: Actor, at: datetime) -> str:
    """
    Set a machine up anew: what it had opens nothing from now on.

    :raises Invalid: it was ended
    """
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.revoked_at:
        raise Invalid("This screen was ended. Add it anew.")
    return _give_code(device, by, at)


@act(permission=Permission.MANAGE_DEVICES, scope=lambda asked: asked["device"].location)
def revoke_device(*, device: Device, by: Actor, at: datetime) -> Device:
    """It shows nothing any more, at its next question."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    device.save_changes(
        revoked_at=device.revoked_at or at, secret_digest="", code_digest="", code_expires_at=None
    )
    return device


@act(permission=None)
def enroll_device(*, code: str, secret: str, by: Actor, at: datetime) -> Device:
    """
    The code was typed at the machine: it is used up, and the machine has its secret.

    :raises CodeNotKnown: mistyped, used, or too old
    """
    rows = Device.objects.select_for_update().filter(
        code_digest=devices.digest(code), code_expires_at__gt=at, revoked_at=None
    )
    device = rows.first()
    if device is None:
        raise CodeNotKnown
    device.save_changes(
        code_digest="",
        code_expires_at=None,
        secret_digest=devices.digest(secret),
        enrolled_at=at,
    )
    acts.note(device)
    return device


def _give_code(device: Device, by: Actor, at: datetime) -> str:
    code = devices.new_code()
    device.code_digest = devices.digest(code)
    device.code_expires_at = at + devices.CODE_LIVES
    device.secret_digest = ""
    is_staff = by.kind is ActorKind.STAFF
    device.enrolled_by = User.objects.get(pk=by.own_id) if is_staff else None
    device.save()
    acts.note(device)
    return code
