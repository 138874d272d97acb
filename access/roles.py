"""Roles are groups. After each migration the permissions of all rooms exist, and new ones reach their roles."""

from typing import Any

from django.apps import apps as global_apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from access.models import RoleSeed
from kernel import permissions
from office.roles import Role

DEMO_DOMAIN = "demo.office"
# What the demo's door offers: the name before the @, and whose day it is.
DEMO_ACCOUNTS = {
    "manager": "Office manager",
    "frontdesk": "Front desk",
    "physician": "Physician",
    "nurse": "Nurse",
    "biller": "Biller",
    "hr": "HR",
    "privacy": "Privacy officer",
    "admin": "Administrator",
}


def sync_roles(sender: Any = None, **_kwargs: Any) -> None:
    """Create what is missing; never take away or give back what the practice changed."""
    if not global_apps.is_installed("access"):
        return
    groups = {role: Group.objects.get_or_create(name=role)[0] for role in Role}
    seeded = set(RoleSeed.objects.values_list("role", "permission"))
    for each in permissions.declared():
        room, codename = each.split(".", 1)
        kind, _ = ContentType.objects.get_or_create(app_label=room, model="permission")
        row, _ = Permission.objects.update_or_create(
            content_type=kind, codename=codename, defaults={"name": each.label[:255]}
        )
        for role in sorted(each.roles):
            if (role, str(each)) not in seeded:
                groups[Role(role)].permissions.add(row)
                RoleSeed.objects.create(role=role, permission=str(each))
