from django.db import models
from django.db.models import Q

from communications.models.ways import Way
from kernel.models import BaseModel, DataClass


class Template(BaseModel):
    """The words of one kind of message, in one language, for one way of sending it."""

    data_class = DataClass.OPERATIONAL

    kind = models.CharField(max_length=60)
    way = models.CharField(max_length=8, choices=Way)
    language = models.CharField(max_length=20, default="en", help_text="BCP 47, such as es.")

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "way", "language", name="template_once"),
            models.CheckConstraint(name="template_way_known", condition=Q(way__in=Way.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.get_way_display()} ({self.language})"


class TemplateVersion(models.Model):
    """What the words were from a moment on. Never changed; the newest is the one in use."""

    data_class = DataClass.OPERATIONAL

    id = models.BigAutoField(primary_key=True)
    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    subject_line = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("template", "number", name="template_version_once"),
            models.CheckConstraint(name="template_version_has_words", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.template_id}"
