from django.db import models


class Way(models.TextChoices):
    """How a message leaves the house."""

    SMS = "sms", "Text"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    PUSH = "push", "Push"


class Channel(models.TextChoices):
    """Which way was asked for; `any` is the best one that reaches."""

    ANY = "any", "Whichever reaches"
    SMS = "sms", "Text"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    PUSH = "push", "Push"
