"""What somebody likes: colors, row height, width of the menu, single-letter keys, where they worked last."""

from uuid import UUID

from django.db import transaction

from access import grants
from access.models import User

CHOICES = {
    "theme": ("auto", "light", "dark"),
    "density": ("compact", "default", "comfortable"),
    "rail": ("narrow", "wide"),
    "keys": ("on", "off"),
}


def keep(user_id: UUID, name: str, value: str) -> None:
    """Remember a choice with the person, for the next browser; this one has it in a cookie already."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        user.preferences = {**user.preferences, name: value}
        user.save(update_fields=["preferences"])
    grants.forget()
