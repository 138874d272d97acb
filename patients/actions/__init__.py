from patients.actions.contacts import (
    AddressGiven,
    ContactGiven,
    ContactTwice,
    add_contact,
    change_address,
    change_contact,
    end_address,
    move_patient,
    remove_contact,
    restore_contact,
)
from patients.actions.encounters import StepRefused, open_encounter, record_step, step_back
from patients.actions.locations import add_patient_location, bring_patient_here
from patients.actions.registration import (
    Demographics,
    change_patient,
    keys_of,
    register_patient,
    take_chart_numbers,
)
from patients.actions.related import (
    RelatedGiven,
    add_related_person,
    change_related_person,
    remove_related_person,
    restore_related_person,
)

__all__ = [
    "AddressGiven",
    "ContactGiven",
    "ContactTwice",
    "Demographics",
    "RelatedGiven",
    "StepRefused",
    "add_contact",
    "add_patient_location",
    "add_related_person",
    "bring_patient_here",
    "change_address",
    "change_contact",
    "change_patient",
    "change_related_person",
    "end_address",
    "keys_of",
    "move_patient",
    "open_encounter",
    "record_step",
    "register_patient",
    "remove_contact",
    "remove_related_person",
    "restore_contact",
    "restore_related_person",
    "step_back",
    "take_chart_numbers",
]
