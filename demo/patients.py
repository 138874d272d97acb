"""Two thousand patients in some seven hundred households."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo import families, names
from demo.copying import copy_objects
from demo.families import ADULT, AREAS, Household, age
from demo.places import Places
from patients.actions import keys_of, take_chart_numbers
from patients.models import Patient

OLDEST = 97
SIZES = {1: 34, 2: 24, 3: 16, 4: 15, 5: 8, 6: 3}
STREETS = (
    "Anchor", "Beacon", "Birch", "Cedar", "Chandler", "Dock", "Ferry", "Fisher", "Garden", "Gull", "Harbor",
    "Hill", "Juniper", "Lighthouse", "Linden", "Maple", "Mill", "Orchard", "Pier", "Quarry", "Ropewalk",
    "School", "Spring", "Union", "Water", "Willow",
)  # fmt: skip
NOTES = (
    "Prefers mornings", "Hard of hearing: speak slowly", "Uses a wheelchair", "Daughter drives, call her first",
    "Service dog comes along", "Call the mobile, not home", "Needs a ground-floor room", "Afraid of needles",
    "Often early", "Works nights: no calls before noon", "Send results by mail", "Twin: check the given name",
)  # fmt: skip


def make_patients(places: Places, today: date, chance: Random, how_many: int) -> list[Patient]:
    households = list(_households(today, chance, how_many))
    patients = [each for household in households for each in household.members]
    _give_particular_names(patients, today)
    for patient, number in zip(patients, take_chart_numbers(len(patients)), strict=True):
        patient.medical_record_number = number
        for name, key in keys_of(vars(patient)).items():
            setattr(patient, name, key)
    copy_objects(patients)
    families.make_families(households, places, today, chance)
    return patients


# ---- households


def _households(today: date, chance: Random, how_many: int) -> Iterator[Household]:
    left = how_many
    while left:
        size = min(left, chance.choices(list(SIZES), list(SIZES.values()))[0])
        household = _household(chance)
        _fill(household, size, today, chance)
        left -= size
        yield household


def _household(chance: Random) -> Household:
    heritage = names.heritage(chance)
    site = chance.choices(("lane", "hill", "west"), (60, 22, 18))[0]
    line = f"{chance.randrange(1, 400)} {chance.choice(STREETS)} {chance.choice(('St', 'Ave', 'Rd', 'Ln'))}"
    if chance.random() < 0.3:
        line += f", Apt {chance.randrange(1, 30)}{chance.choice('ABCD')}"
    home = names.phone(chance, chance.choice(AREAS[site]))
    return Household(heritage, site, line, home, chance.choice(heritage.family))


def _fill(household: Household, size: int, today: date, chance: Random) -> None:
    """A person alone, a couple, or one or two parents with children; sometimes a grandparent."""
    couple = size > 2 or size == 2 and chance.random() < 0.75
    adults = min(size, 2 if couple and chance.random() < 0.9 else 1)
    eldest = chance.randrange(22, OLDEST) if size == adults else chance.randrange(25, 51)
    household.members.append(_person(household, eldest, today, chance))
    if adults == 2:
        partner = min(OLDEST - 1, max(20, eldest + chance.randrange(-6, 7)))
        household.members.append(_person(household, partner, today, chance))
    while len(household.members) < size:
        household.members.append(
            _person(household, _junior(household, eldest, chance), today, chance)
        )


def _junior(household: Household, eldest: int, chance: Random) -> int:
    if len(household.members) == 2 and chance.random() < 0.1:
        return min(OLDEST - 1, eldest + chance.randrange(23, 38))
    return chance.randrange(0, min(ADULT + 3, eldest - 19))


def _person(household: Household, years: int, today: date, chance: Random) -> Patient:
    heritage = household.heritage
    gender = chance.choices(("female", "male", "other", "unknown"), (515, 475, 6, 4))[0]
    given = names.given(chance, heritage, gender)
    taken = {each.given_name for each in household.members}
    while given in taken:
        given = names.given(chance, heritage, gender)
    speaks = heritage.language if heritage.language != "en" and chance.random() < 0.55 else "en"
    return Patient(
        family_name=_family_name(household, chance),
        given_name=given,
        middle_name=names.given(chance, heritage, gender) if chance.random() < 0.12 else "",
        suffix="Jr." if gender == "male" and chance.random() < 0.01 else "",
        preferred_name=given[:3] if len(given) > 5 and chance.random() < 0.05 else "",
        birth_date=today - timedelta(days=int(years * 365.25) + chance.randrange(1, 365)),
        gender=gender,
        birth_sex={"female": "F", "male": "M"}.get(gender, "UNK"),
        race=heritage.race if chance.random() < 0.9 else "",
        ethnicity=heritage.ethnicity if chance.random() < 0.9 else "",
        language=speaks,
        needs_interpreter=speaks != "en" and chance.random() < (0.6 if years > 55 else 0.2),
        marital_status=_marital(years, household, chance),
        note=chance.choice(NOTES) if chance.random() < 0.05 else "",
    )


def _family_name(household: Household, chance: Random) -> str:
    """Most share the name; some couples keep theirs, and some of them hyphenate."""
    if household.members and chance.random() < 0.08:
        other = chance.choice(household.heritage.family)
        hyphenated = f"{household.family_name}-{other}"
        return other if "-" in household.family_name + other else hyphenated
    return household.family_name


def _marital(years: int, household: Household, chance: Random) -> str:
    if years < ADULT + 6:
        return "S"
    return chance.choices(("M", "S", "D", "W"), (50, 30, 13, 1 if years < 60 else 25))[0]


def _give_particular_names(patients: list[Patient], today: date) -> None:
    """What must not depend on chance: other scripts, the youngest, the oldest, one who died."""
    arabic, chinese, *_ = [each for each in patients if age(each, today) >= ADULT]
    arabic.family_name, arabic.given_name, arabic.language = "الحداد", "فاطمة", "ar"
    arabic.gender, arabic.birth_sex = "female", "F"
    chinese.family_name, chinese.given_name, chinese.language = "王", "秀英", "zh"
    chinese.gender, chinese.birth_sex = "female", "F"
    for each in (arabic, chinese):
        each.middle_name = each.suffix = each.preferred_name = ""
        each.needs_interpreter = True
    youngest = min(patients, key=lambda each: age(each, today))
    youngest.birth_date = today - timedelta(days=3)
    oldest = max(patients, key=lambda each: age(each, today))
    oldest.birth_date = today.replace(day=1, year=today.year - OLDEST)
