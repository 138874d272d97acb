import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from guardian.models import UserObjectPermissionBase

from access.models import User
from desk.document_querysets import DocumentQuerySet, FolderQuerySet, VersionQuerySet
from desk.safety.kinds import TAKEN
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location


class RetentionClass(models.TextChoices):
    """Why a paper is kept, and so how long."""

    PERMANENT = "permanent", "Kept for good"
    HIPAA = "hipaa", "HIPAA documentation: 6 years"
    MEDICAL = "medical", "Medical record: 10 years"
    PERSONNEL = "personnel", "Personnel: 7 years"
    FINANCE = "finance", "Accounts and taxes: 7 years"
    WORKING = "working", "Working paper: 1 year"


# 45 CFR 164.316(b)(2) for HIPAA; the others are usual, states differ: the date can be set for each paper.
YEARS = {
    RetentionClass.HIPAA: 6, RetentionClass.MEDICAL: 10, RetentionClass.PERSONNEL: 7,
    RetentionClass.FINANCE: 7, RetentionClass.WORKING: 1,
}  # fmt: skip


class Folder(BaseModel):
    """Where papers lie: of one location, or of the whole practice. A closed one opens for those named."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="inside")
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="folders",
        help_text="Empty: the whole practice’s.",
    )  # fmt: skip
    is_closed = models.BooleanField(
        default=False, help_text="Opens only for those it is opened to."
    )
    closed_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        help_text="The closed folder it is, or lies in: whose grants decide.",
    )  # fmt: skip
    retention_class = models.CharField(
        max_length=10, choices=RetentionClass, default=RetentionClass.PERMANENT,
        help_text="Of what is filed here, unless the paper says otherwise.",
    )  # fmt: skip

    objects = FolderQuerySet.as_manager()

    class Meta:
        permissions = [("open_folder", "Open this folder and what lies in it")]
        constraints = [
            models.UniqueConstraint(
                "parent", "location", Lower("name"), name="folder_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="folder_name_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="folder_in_another", condition=Q(parent=None) | ~Q(parent=F("id"))
            ),
            models.CheckConstraint(
                name="folder_closed_by_itself",
                condition=Q(is_closed=False) | Q(closed_by__isnull=False, closed_by=F("id")),
            ),
            models.CheckConstraint(
                name="folder_retention_known",
                condition=Q(retention_class__in=RetentionClass.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FolderGrant(UserObjectPermissionBase):
    """`desk.open_folder` for one user on one closed folder: django-guardian with a real foreign key."""

    data_class = DataClass.OPERATIONAL

    content_object = models.ForeignKey(Folder, models.CASCADE, related_name="folder_grants")


@keep_history
class Document(BaseModel):
    """
    A paper of the office (FHIR DocumentReference): what it is called, where it lies, how long it is kept.

    Its contents are its versions. `about` names any subject of the house by kind and id; there is no foreign
    key, because those rooms stand above this one.
    """

    data_class = DataClass.PHI

    class State(models.TextChoices):
        QUARANTINED = "quarantined", "Waiting for the virus scanner"
        AVAILABLE = "available", "Available"
        REFUSED = "refused", "Refused"
        ARCHIVED = "archived", "Archived"

    folder = models.ForeignKey(Folder, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="documents",
        help_text="Who keeps it up to date.",
    )  # fmt: skip
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=12)
    expires_date = models.DateField(
        null=True, blank=True, help_text="The first day on which it no longer holds."
    )
    retention_class = models.CharField(
        max_length=10, choices=RetentionClass, default=RetentionClass.PERMANENT
    )
    retain_until = models.DateField(
        null=True, blank=True, help_text="From this day on the schedule may destroy it."
    )
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUARANTINED)
    archived_at = models.DateTimeField(null=True, blank=True)

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_state_known",
                condition=Q(state__in=["quarantined", "available", "refused", "archived"]),
            ),
            models.CheckConstraint(name="document_title_given", condition=~Q(title="")),
            models.CheckConstraint(
                name="document_about_paired",
                condition=Q(about_kind="", about_id=None)
                | (~Q(about_kind="") & Q(about_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="document_hold_paired",
                condition=Q(held_at=None, hold_reason="")
                | (Q(held_at__isnull=False) & ~Q(hold_reason="")),
            ),
            models.CheckConstraint(
                name="document_archived_paired",
                condition=Q(state="archived", archived_at__isnull=False)
                | (~Q(state="archived") & Q(archived_at=None)),
            ),
            models.CheckConstraint(
                name="document_retention_paired",
                condition=Q(retention_class="permanent", retain_until=None)
                | (~Q(retention_class="permanent") & Q(retain_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="document_retention_known",
                condition=Q(retention_class__in=RetentionClass.values),
            ),
        ]
        indexes = [
            GinIndex("tags", name="document_by_tag"),
            models.Index("folder", "title", name="document_by_folder"),
            models.Index(
                "about_kind", "about_id", name="document_by_subject", condition=~Q(about_kind="")
            ),
            models.Index(
                "expires_date", name="document_by_expiry", condition=Q(expires_date__isnull=False)
            ),
            models.Index(
                "retain_until",
                name="document_by_retention",
                condition=Q(retain_until__isnull=False, held_at=None),
            ),
        ]
        triggers = [
            # Whoever deletes, by whatever way: a hold outlives every schedule, and a schedule every wish.
            pgtrigger.Trigger(
                name="document_goes_by_schedule",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF OLD.held_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a document on hold is not deleted'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_hold_blocks_deletion';
                    END IF;
                    IF OLD.retain_until IS NULL OR OLD.retain_until > current_date + 1 THEN
                        RAISE EXCEPTION 'a document is kept until its time is over'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_kept_until_its_time';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_on_hold(self) -> bool:
        return self.held_at is not None

    @property
    def about(self) -> tuple[str, object] | None:
        return (self.about_kind, self.about_id) if self.about_id else None


class DocumentWords(models.Model):
    """By which words a paper is found. Beside it, so that its history stays small."""

    data_class = DataClass.PHI

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="words"
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex("vector", name="document_by_words")]


class DocumentVersion(BaseModel):
    """One state of a paper: a file as it was made anew by the check; its contents never change."""

    data_class = DataClass.PHI

    class State(models.TextChoices):
        QUARANTINED = "quarantined", "Waiting for the virus scanner"
        AVAILABLE = "available", "Available"
        REFUSED = "refused", "Refused"

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State)
    is_current = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField(default=0, help_text="0 where there are no pages.")
    original_name = models.CharField(max_length=150)
    original_sha256 = models.CharField(max_length=64, help_text="Of the file as it was sent.")
    removed = ArrayField(
        models.CharField(max_length=20), default=list, blank=True,
        help_text="What was taken out on the way in.",
    )  # fmt: skip
    text = models.TextField(
        blank=True, help_text="What stands on its pages, as far as it is searched."
    )
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_by_name = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True, help_text="What is new in it.")
    scan_tries = models.PositiveIntegerField(default=0)
    scan_due_at = models.DateTimeField(null=True, blank=True)
    scan_says = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("document", "number", name="document_version_number_once"),
            models.UniqueConstraint(
                "document", name="document_version_one_current", condition=Q(is_current=True)
            ),
            models.CheckConstraint(name="document_version_counted", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="document_version_state_known",
                condition=Q(state__in=["quarantined", "available", "refused"]),
            ),
            models.CheckConstraint(
                name="document_version_current_is_available",
                condition=Q(is_current=False) | Q(state="available"),
            ),
            models.CheckConstraint(
                name="document_version_waits_for_a_time",
                condition=Q(state="quarantined", scan_due_at__isnull=False)
                | (~Q(state="quarantined") & Q(scan_due_at=None)),
            ),
            models.CheckConstraint(
                name="document_version_refused_with_reason",
                condition=~Q(state="refused") | ~Q(scan_says=""),
            ),
            models.CheckConstraint(
                name="document_version_sha256_whole",
                condition=Q(
                    sha256__regex=r"^[0-9a-f]{64}$", original_sha256__regex=r"^[0-9a-f]{64}$"
                ),
            ),
            models.CheckConstraint(
                name="document_version_media_type_taken", condition=Q(media_type__in=list(TAKEN))
            ),
        ]
        indexes = [
            models.Index("sha256", name="document_version_by_hash"),
            models.Index(
                "scan_due_at", name="document_version_to_scan", condition=Q(state="quarantined")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="document_version_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "document", "number", "sha256", "size", "media_type", "original_sha256"
                ),
            ),
        ]

    @property
    def kind(self) -> object:
        return TAKEN[self.media_type]


class Disposal(models.Model):
    """What the retention schedule destroyed, and by which rule: rows are added, never changed."""

    data_class = DataClass.PHI
    append_only = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    document_id = models.UUIDField(unique=True)
    title = models.CharField(max_length=200)
    retention_class = models.CharField(max_length=10, choices=RetentionClass)
    retain_until = models.DateField()
    hashes = ArrayField(models.CharField(max_length=64), help_text="Of its versions’ files.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disposal_by_a_rule",
                condition=Q(
                    retention_class__in=[
                        each for each in RetentionClass.values if each != "permanent"
                    ]
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="disposals_only_grow", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
