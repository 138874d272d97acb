from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kernel.actors import Actor
from kernel.text import PersonQuery
from patients.permissions import Permission


def _has_word(word: str) -> Q:
    """Anywhere in the names; one or two letters only where a name begins, or "j" would be everybody."""
    if len(word) >= 3:
        return Q(search_key__contains=word)
    return Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")


class PatientQuerySet(models.QuerySet):
    """Who is asked for at the desk."""

    def visible_to(self, actor: Actor) -> Self:
        """Patients of the locations where the actor works: registered or booked there."""
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_PATIENT):
            return self.none()
        places = self.model.locations.through.objects.filter(
            patient=OuterRef("pk"), location__in=actor.grants.locations
        )
        return self.filter(Exists(places))

    def findable_by(self, actor: Actor) -> Self:
        """The practice-wide finder: for name, birth date and chart number only."""
        return self if actor.may(Permission.FIND_PATIENT) else self.none()

    def in_use(self) -> Self:
        return self.filter(is_active=True)

    def matching(self, asked: PersonQuery) -> Self:
        """By the grammar of `kernel.text.read_person_query`; every word narrows."""
        found = self
        if asked.birth_date:
            return found.filter(birth_date=asked.birth_date)
        if asked.digits:
            return found.filter(
                Q(medical_record_number__startswith=asked.digits)
                | Q(pk__in=self._with_phone(asked.digits).values("patient"))
            )
        if asked.family:
            found = found.filter(family_key__startswith=asked.family)
        if asked.given:
            found = found.filter(given_key__startswith=asked.given)
        for word in asked.words:
            found = found.filter(_has_word(word))
        return found

    def _with_phone(self, digits: str) -> models.QuerySet:
        contacts = self.model._meta.get_field("contact_points").related_model
        return contacts._default_manager.filter(digits__contains=digits)


class EncounterQuerySet(models.QuerySet):
    """What happened in the office; and elsewhere, to patients who are known here."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_PATIENT):
            return self.none()
        known_here = self.model._meta.get_field("patient").related_model.locations.through.objects
        of_mine = known_here.filter(
            patient=OuterRef("patient"), location__in=actor.grants.locations
        )
        elsewhere = Q(location=None) | Q(location__is_external=True)
        return self.filter(Q(location__in=actor.grants.locations) | (elsewhere & Exists(of_mine)))

    def in_office(self) -> Self:
        return self.filter(status__in=["arrived", "triaged", "in-progress"])

    def on_day(self, day: date) -> Self:
        return self.filter(period__startswith__date=day)
