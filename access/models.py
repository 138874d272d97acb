from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.functional import cached_property
from guardian.models import UserObjectPermissionBase

from kernel.models import BaseModel, DataClass
from office.models import Location
from office.roles import Role


class UserManager(BaseUserManager["User"]):
    """Accounts are made by the office; there is no default account and no superuser by accident."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def without_password(self) -> "models.QuerySet[User]":
        """Open accounts whose owners have not set a password yet."""
        return self.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """`manage.py createsuperuser` makes an administrator; nobody here is above the rules."""
        user = self.create_user(email, password, **fields)
        user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
        return user


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do comes from roles (groups), where from `office.work_at`."""

    data_class = DataClass.PERSONNEL

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(
        default=False, help_text="Signs in without password in a demo practice only."
    )
    preferences = models.JSONField(
        default=dict, help_text="Theme, density, shortcuts, last location."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "account"
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's admin asks; the panel itself asks the permission."""
        return self.is_active

    @cached_property
    def permission_names(self) -> frozenset[str]:
        """What the user's roles allow, `room.codename`."""
        rows = Permission.objects.filter(group__user=self).values_list(
            "content_type__app_label", "codename"
        )
        return frozenset(f"{room}.{codename}" for room, codename in rows)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """For packages that ask the user; the house asks the actor. Roles decide, nothing else."""
        return self.is_active and perm in self.permission_names

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            name.startswith(f"{app_label}.") for name in self.permission_names
        )


class LocationGrant(UserObjectPermissionBase):
    """`office.work_at` for one user on one location: django-guardian with a real foreign key."""

    data_class = DataClass.OPERATIONAL

    content_object = models.ForeignKey(Location, models.CASCADE)


class ApiToken(BaseModel):
    """A bearer token: only its SHA-256 is kept; it can do what its user may, narrowed to its scopes."""

    data_class = DataClass.OPERATIONAL

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="Which program has it."
    )
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text="The first letters, to tell tokens apart.")
    scopes = models.JSONField(default=list, help_text="Permissions; empty: all of the user's.")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True)


class SignInAttempt(models.Model):
    """A failed try at the door, by account and by address; counted so that guessing gets slow."""

    data_class = DataClass.OPERATIONAL

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    account = models.CharField(max_length=64, help_text="Keyed hash of what was typed as e-mail.")
    address = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index("account", "at", name="attempt_by_account"),
            models.Index("address", "at", name="attempt_by_address"),
        ]


class SignedIn(BaseModel):
    """One browser in which somebody is signed in. Whether it still is, the session itself says."""

    data_class = DataClass.PERSONNEL

    user = models.ForeignKey(User, models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(
        max_length=80, help_text="Its kind and system, never its whole name."
    )
    address = models.CharField(max_length=64)
    location = models.ForeignKey(Location, models.SET_NULL, null=True, blank=True)

    class Meta:
        indexes = [models.Index("user", "created_at", name="signed_in_by_user")]


class DeviceKind(models.TextChoices):
    """What a machine that nobody signs in at does."""

    QUEUE_SCREEN = "queue-screen", "Screen in the waiting room"


class Device(BaseModel):
    """
    A machine of the office at which nobody signs in, bound to one location.

    It is enrolled by a code that is typed once; from then on a secret in its cookie says which it is. Of both
    only the SHA-256 is kept.
    """

    data_class = DataClass.OPERATIONAL

    class Shows(models.TextChoices):
        INITIALS = "initials", "Time of the visit and initials"
        TIMES = "times", "Time of the visit only"

    kind = models.CharField(max_length=20, choices=DeviceKind, default=DeviceKind.QUEUE_SCREEN)
    location = models.ForeignKey(Location, models.PROTECT)
    name = models.CharField(max_length=60, help_text="Where it stands: Waiting room, left.")
    shows = models.CharField(
        max_length=10, choices=Shows, default=Shows.INITIALS,
        help_text="Never a name. Without initials nobody is told apart who comes at the same time.",
    )  # fmt: skip
    enrolled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False)
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    secret_digest = models.CharField(max_length=64, blank=True, editable=False)
    enrolled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "screen"
        constraints = [
            models.UniqueConstraint(
                fields=["code_digest"], name="device_code_once", condition=Q(code_digest__gt="")
            ),
            models.UniqueConstraint(
                fields=["secret_digest"],
                name="device_secret_once",
                condition=Q(secret_digest__gt=""),
            ),
            models.CheckConstraint(
                name="device_code_expires",
                condition=Q(code_digest="", code_expires_at=None)
                | (~Q(code_digest="") & Q(code_expires_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="device_code_used_up",
                condition=Q(code_digest="") | Q(secret_digest=""),
            ),
            models.CheckConstraint(
                name="device_revoked_opens_nothing",
                condition=Q(revoked_at=None) | Q(code_digest="", secret_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SecondStepRule(BaseModel):
    """Whether a role needs a second step, and from when. Without a row it does, from now on."""

    data_class = DataClass.OPERATIONAL

    role = models.OneToOneField(Group, models.CASCADE, related_name="second_step_rule")
    is_required = models.BooleanField(default=True)
    required_from_date = models.DateField(
        null=True, blank=True, help_text="The first day it is asked for; empty: now."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="second_step_date_only_if_required",
                condition=Q(is_required=True) | Q(required_from_date=None),
            ),
        ]


class RoleSeed(models.Model):
    """Which starting permissions a role has been given already, so that a change by the practice stays."""

    data_class = DataClass.OPERATIONAL

    role = models.CharField(max_length=150)
    permission = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint("role", "permission", name="role_seeded_once"),
            models.CheckConstraint(
                name="role_seed_named", condition=~Q(role="") & ~Q(permission="")
            ),
        ]
