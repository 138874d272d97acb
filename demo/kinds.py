"""The kinds of visit the demo practice offers."""

from dataclasses import dataclass

from scheduling.models import AppointmentType


@dataclass(frozen=True)
class Kind:
    """An appointment type; who gives it is in `MIXES`."""

    minutes: int
    color: str
    room_kind: str = "exam"
    device_kind: str = ""
    is_telehealth: bool = False
    overbook_cap: int = 1
    for_children: bool | None = None  # None: for any age


KINDS = {
    "New patient": Kind(45, "#2563EB"),
    "Follow-up": Kind(20, "#0D9488", overbook_cap=2),
    "Extended follow-up": Kind(30, "#0F766E"),
    "Physical": Kind(45, "#7C3AED", for_children=False),
    "Sick visit": Kind(15, "#DC2626", overbook_cap=3),
    "Well child": Kind(30, "#DB2777", for_children=True),
    "Diabetes check": Kind(30, "#B45309", for_children=False),
    "Lab review": Kind(15, "#4D7C0F", room_kind="", for_children=False),
    "Telehealth": Kind(20, "#0891B2", room_kind="", is_telehealth=True),
    "Procedure": Kind(60, "#9F1239", room_kind="procedure", overbook_cap=0, for_children=False),
    "Ultrasound": Kind(
        30, "#6D28D9", room_kind="imaging", device_kind="ultrasound", for_children=False
    ),
    "Blood draw": Kind(10, "#BE123C", room_kind="lab", overbook_cap=2),
    "Vaccine": Kind(15, "#15803D", room_kind="lab", overbook_cap=2),
    "Nurse visit": Kind(15, "#475569", room_kind="lab", overbook_cap=2),
}

# How often each kind is booked, by the sort of clinician.
MIXES = {
    "adult": {
        "Follow-up": 34, "Sick visit": 17, "Extended follow-up": 12, "New patient": 8, "Physical": 9,
        "Diabetes check": 8, "Lab review": 6, "Telehealth": 6, "Procedure": 2, "Ultrasound": 3,
    },
    "child": {"Well child": 36, "Sick visit": 30, "Follow-up": 20, "New patient": 6, "Telehealth": 5},
    "nurse": {"Blood draw": 45, "Vaccine": 30, "Nurse visit": 25},
    "late": {"Sick visit": 46, "Follow-up": 34, "Lab review": 8, "Telehealth": 6, "Diabetes check": 6},
}  # fmt: skip
NURSE_KINDS = tuple(MIXES["nurse"])

REASONS = {
    "New patient": ("Establish care", "Moved here, needs a family doctor", "Second opinion on blood pressure"),
    "Follow-up": (
        "Blood pressure check", "Medication review", "Knee pain, two weeks on", "Thyroid follow-up",
        "Asthma follow-up", "After the emergency room", "Sleep, follow-up", "Back pain, after therapy",
    ),
    "Extended follow-up": ("Several medicines to review", "Heart failure check", "Migraine plan"),
    "Physical": ("Annual physical", "Physical for work", "Medicare wellness visit"),
    "Sick visit": ("Cough and fever", "Sore throat", "Ear ache", "Rash", "Stomach pain", "Sinus pain"),
    "Well child": ("Check at this age", "School physical", "Growth check"),
    "Diabetes check": ("A1c and foot check", "Insulin adjustment", "Diabetes, three months"),
    "Lab review": ("Lipid results", "Thyroid results", "Kidney values"),
    "Telehealth": ("Results by video", "Medication question", "Mood check"),
    "Procedure": ("Mole removal", "Joint injection", "Ingrown toenail"),
    "Ultrasound": ("Abdomen", "Thyroid", "Pregnancy, growth"),
    "Blood draw": ("INR", "Fasting labs", "A1c", "Metabolic panel"),
    "Vaccine": ("Flu shot", "Tetanus booster", "Shingles, second dose", "School vaccines"),
    "Nurse visit": ("Blood pressure", "Wound check", "B12 injection", "Ear wash"),
}  # fmt: skip


def make_types() -> dict[str, AppointmentType]:
    """All types by name."""
    rows = [
        AppointmentType(
            name=name,
            minutes=kind.minutes,
            color=kind.color,
            room_kind=kind.room_kind,
            device_kind=kind.device_kind,
            is_telehealth=kind.is_telehealth,
            overbook_cap=kind.overbook_cap,
        )
        for name, kind in KINDS.items()
    ]
    return {row.name: row for row in AppointmentType.objects.bulk_create(rows)}
