"""Text: how names are compared, and what people type into a search box."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

SPACES = re.compile(r"\s+")
EMPTY_LINES = re.compile(r"\n{3,}")
NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)
DIGITS = re.compile(r"\D+")
DIGIT = re.compile(r"\d")
# Letters that NFKD leaves alone although nobody types them at a desk.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def search_key(text: str) -> str:
    """The form in which names are compared: no case, marks or punctuation, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(PLAIN)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return NOT_WORD.sub(" ", bare).replace("_", " ").strip()


def clean(text: str) -> str:
    """What is kept of a typed line: composed, without control and direction marks, single spaces."""
    return SPACES.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def clean_lines(text: str) -> str:
    """The same of a typed text, line by line; at most one empty line stays between two."""
    lines = "\n".join(clean(line) for line in text.replace("\r\n", "\n").split("\n"))
    return EMPTY_LINES.sub("\n\n", lines).strip()


def digits(text: str) -> str:
    return DIGITS.sub("", text)


def read_name(text: str) -> tuple[str, str]:
    """Family and given name of what was typed to find somebody: `smi,jo` or `Jo Smi`; a number is no name."""
    text = clean(text)
    if DIGIT.search(text):
        return "", ""
    if "," in text:
        family, _, given = text.partition(",")
    else:
        given, _, family = text.rpartition(" ")
    return family.strip(), given.strip()


@dataclass(frozen=True)
class PersonQuery:
    """
    What somebody typed to find a person.

    `smi,joh` is family and given prefixes; `smith j` is words in any order; four and more digits are part
    of a phone or a chart number; a date is a birth date.
    """

    words: tuple[str, ...] = ()
    family: str = ""
    given: str = ""
    digits: str = ""
    birth_date: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.family or self.given or self.digits or self.birth_date)


DATE = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})\s*$")
ISO_DATE = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})\s*$")


def read_person_query(text: str, today: date) -> PersonQuery:
    """Parse the search grammar; anything that makes no sense is simply words."""
    text = clean(text)[:100]
    if born := read_birth_date(text, today):
        return PersonQuery(birth_date=born)
    if "," in text:
        family, _, given = text.partition(",")
        return PersonQuery(family=search_key(family), given=search_key(given))
    number = digits(text)
    if len(number) >= 3 and not re.search(r"[^\W\d]", text):
        return PersonQuery(digits=number)
    return PersonQuery(words=tuple(search_key(text).split()))


def read_birth_date(text: str, today: date) -> date | None:
    """`7/14/62`, `07/14/1962`, `1962-07-14`; two-digit years never lie in the future."""
    if found := ISO_DATE.match(text):
        year, month, day = map(int, found.groups())
    elif found := DATE.match(text):
        month, day, year = map(int, found.groups())
        if len(found.group(3)) == 2:
            century = today.year // 100 * 100
            year += century if century + year <= today.year else century - 100
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
