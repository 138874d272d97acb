"""The drawers in which one changes how to reach a patient, and who else matters."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kernel.policy import page
from patients import actions
from patients.forms import AddressForm, ContactForm, EndForm, RelatedForm
from patients.models import ContactPoint, Patient, PatientAddress, RelatedPerson
from patients.views import common

FORM = ["GET", "HEAD", "POST"]


@page(act=actions.add_contact)
@require_http_methods(FORM)
def add_contact(request: Any, patient_id: UUID) -> HttpResponse:
    patient = common.mine(request, patient_id)
    form = ContactForm(_sent(request))
    return common.in_drawer(
        request,
        form=form,
        patient=patient,
        act=lambda: actions.add_contact(patient=patient, by=request.actor, **form.contact()),
        title="Add a number or e-mail",
        fields="patients/_contact_fields.html",
        verb="Add",
        said="Added.",
    )


@page(act=actions.change_contact)
@require_http_methods(FORM)
def change_contact(request: Any, contact_id: UUID) -> HttpResponse:
    contact = common.of_mine(request, ContactPoint, contact_id)
    form = ContactForm(_sent(request), contact=contact)
    return common.in_drawer(
        request,
        form=form,
        patient=contact.patient,
        act=lambda: actions.change_contact(
            contact=contact, version=_version(form), by=request.actor, **form.contact()
        ),
        title="Change a number or e-mail",
        fields="patients/_contact_fields.html",
        verb="Keep the change",
        said="Changed.",
        remove=reverse("patients:contact-remove", args=[contact.pk]),
    )


@page(act=actions.remove_contact)
@require_POST
def remove_contact(request: Any, contact_id: UUID) -> HttpResponse:
    contact = common.of_mine(request, ContactPoint, contact_id)
    patient_id = contact.patient_id
    token = actions.remove_contact(contact=contact, by=request.actor)
    return common.done(request, patient_id, "Removed.", token)


@page(act=actions.move_patient)
@require_http_methods(FORM)
def move(request: Any, patient_id: UUID) -> HttpResponse:
    patient = common.mine(request, patient_id)
    form = AddressForm(_sent(request))
    return common.in_drawer(
        request,
        form=form,
        patient=patient,
        act=lambda: actions.move_patient(
            patient=patient, address=form.given(), at=timezone.now(), by=request.actor
        ),
        title="New address",
        fields="patients/_address_fields.html",
        verb="Enter the address",
        said="The new address holds; the one before is in the history.",
    )


@page(act=actions.change_address)
@require_http_methods(FORM)
def change_address(request: Any, address_id: UUID) -> HttpResponse:
    address = common.of_mine(request, PatientAddress, address_id)
    form = AddressForm(_sent(request), initial=AddressForm.shown(address))
    return common.in_drawer(
        request,
        form=form,
        patient=address.patient,
        act=lambda: actions.change_address(
            address=address, version=_version(form), given=form.given(), by=request.actor
        ),
        title="Correct the address",
        fields="patients/_address_fields.html",
        verb="Keep the correction",
        said="Corrected.",
    )


@page(act=actions.end_address)
@require_http_methods(FORM)
def end_address(request: Any, address_id: UUID) -> HttpResponse:
    address = common.of_mine(request, PatientAddress, address_id)
    form = EndForm(_sent(request), initial={"end_date": common.today(request)})
    return common.in_drawer(
        request,
        form=form,
        patient=address.patient,
        act=lambda: actions.end_address(address=address, by=request.actor, **form.cleaned_data),
        title="No longer lives there",
        fields="patients/_end_fields.html",
        verb="End the address",
        said="The address has an end now.",
        address=address,
    )


@page(act=actions.add_related_person)
@require_http_methods(FORM)
def add_related(request: Any, patient_id: UUID) -> HttpResponse:
    patient = common.mine(request, patient_id)
    form = RelatedForm(_sent(request), findable=_findable(request))
    return common.in_drawer(
        request,
        form=form,
        patient=patient,
        act=lambda: actions.add_related_person(
            patient=patient, given=form.given(), by=request.actor
        ),
        title="Add family or another person",
        fields="patients/_related_fields.html",
        verb="Add",
        said="Added.",
        other=None,
    )


@page(act=actions.change_related_person)
@require_http_methods(FORM)
def change_related(request: Any, person_id: UUID) -> HttpResponse:
    person = common.of_mine(request, RelatedPerson, person_id)
    form = RelatedForm(
        _sent(request), findable=_findable(request), initial=RelatedForm.shown(person)
    )
    return common.in_drawer(
        request,
        form=form,
        patient=person.patient,
        act=lambda: actions.change_related_person(
            person=person, version=_version(form), given=form.given(), by=request.actor
        ),
        title="Change a related person",
        fields="patients/_related_fields.html",
        verb="Keep the changes",
        said="Changed.",
        remove=reverse("patients:related-remove", args=[person.pk]),
        other=person.other_patient,
    )


@page(act=actions.remove_related_person)
@require_POST
def remove_related(request: Any, person_id: UUID) -> HttpResponse:
    person = common.of_mine(request, RelatedPerson, person_id)
    token = actions.remove_related_person(person=person, by=request.actor)
    return common.done(request, person.patient_id, "Removed from the family.", token)


def _sent(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _version(form: Any) -> int:
    """A form without a version is an old one: 0 is never the row's."""
    return form.cleaned_data["version"] or 0


def _findable(request: Any) -> Any:
    return Patient.objects.findable_by(request.actor)
