"""Days and times as a patient reads them, in the languages that messages come in."""

from datetime import datetime

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
}  # fmt: skip
AND = {"en": "and", "es": "y"}


def day(moment: datetime, language: str) -> str:
    """Tuesday, November 24; martes 24 de noviembre."""
    language = language if language in DAYS else "en"
    weekday, month = DAYS[language][moment.weekday()], MONTHS[language][moment.month - 1]
    if language == "es":
        return f"{weekday} {moment.day} de {month}"
    return f"{weekday}, {month} {moment.day}"


def clock(moment: datetime) -> str:
    """9:05 AM: what US clocks on walls and phones say, in either language."""
    return f"{moment:%-I:%M %p}"


def joined(parts: list[str], language: str) -> str:
    """Ann, Bob and Cleo."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {AND.get(language, 'and')} {parts[-1]}"
