"""The codes a registration uses, with the words of the desk. Labels are ours; codes are FHIR's and HL7's."""

# US Core race and ethnicity: the categories of the Office of Management and Budget.
RACES = [
    "American Indian or Alaska Native",
    "Asian",
    "Black or African American",
    "Native Hawaiian or Other Pacific Islander",
    "White",
    "Other",
    "Asked, not said",
]
ETHNICITIES = ["Hispanic or Latino", "Not Hispanic or Latino", "Asked, not said"]

BIRTH_SEXES = [
    ("F", "Female"),
    ("M", "Male"),
    ("OTH", "Other"),
    ("ASKU", "Asked, not said"),
    ("UNK", "Not known"),
]

# HL7 v3-MaritalStatus
MARITAL = [
    ("S", "Never married"),
    ("M", "Married"),
    ("T", "Domestic partner"),
    ("L", "Legally separated"),
    ("D", "Divorced"),
    ("W", "Widowed"),
    ("A", "Annulled"),
    ("I", "Interlocutory decree"),
    ("P", "Polygamous"),
    ("U", "Unmarried"),
    ("UNK", "Not known"),
]

# BCP 47, the languages most spoken in US practices; an import may bring others, which are kept.
LANGUAGES = [
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("vi", "Vietnamese"),
    ("tl", "Tagalog"),
    ("ar", "Arabic"),
    ("fr", "French"),
    ("ht", "Haitian Creole"),
    ("ko", "Korean"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("de", "German"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("el", "Greek"),
    ("he", "Hebrew"),
    ("fa", "Persian"),
    ("so", "Somali"),
    ("ase", "American Sign Language"),
]
LANGUAGE_WORDS = dict(LANGUAGES)

RELATIONSHIPS = [
    "mother", "father", "parent", "guardian", "wife", "husband", "partner", "daughter", "son", "child",
    "sister", "brother", "grandmother", "grandfather", "grandchild", "aunt", "uncle", "caregiver",
    "friend", "neighbor", "other",
]  # fmt: skip


def language(code: str) -> str:
    """`pt-BR` is Portuguese; a code without a word is shown as it is."""
    return LANGUAGE_WORDS.get(code) or LANGUAGE_WORDS.get(code.split("-")[0]) or code


def marital(code: str) -> str:
    return dict(MARITAL).get(code, code)


def birth_sex(code: str) -> str:
    return dict(BIRTH_SEXES).get(code, code)


# Where the name waits in the session that was typed to find somebody who is new: never in an address.
NAME_TYPED = "new_patient_name"
