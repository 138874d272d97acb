"""``{% load house %}``: icons, form fields, and how dates, times and money are written."""

import datetime as dt
import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel import looks

register = template.Library()

MINUS = "−"
STORED = (dt.UTC, ZoneInfo("UTC"))
BARE_HOURS = range(7, 19)  # each of them has its own number on a twelve-hour clock


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """``{% icon "bell" %}``, ``{% icon "check" "i-sm" %}``; names stand in static/icons.txt."""
    return looks.icon(name, css)


@register.filter
def state_icon(state: str) -> str:
    """The icon name of a display state."""
    return looks.STATES[state].icon


@register.filter
def state_word(state: str) -> str:
    """The word of a display state, where the row has none of its own ("Room 3", "Waiting 12 m")."""
    return looks.STATES[state].word


@register.simple_tag(takes_context=True)
def token(context: template.Context) -> SafeString:
    """The form token, also inside ``{% include … only %}``, where csrf_token is missing."""
    request = getattr(context, "request", None)
    if request is None:
        return SafeString()
    if not hasattr(request, "page_token"):  # one mask for all forms of a page
        request.page_token = get_token(request)
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', request.page_token
    )


@register.simple_tag
def field(bound: BoundField, hint: str = "", css: str = "") -> SafeString:
    """``{% field form.mobile hint="with area code" %}``: components/field.html in short."""
    return get_template("components/field.html").render({"field": bound, "hint": hint, "css": css})


CONTROLS = {
    "checkbox": "form-check-input",
    "select": "form-select",
    "selectmultiple": "form-select",
    "nullbooleanselect": "form-select",
}


@register.filter
def control(bound: BoundField) -> SafeString:
    """The field's widget in our own classes; Django adds aria-invalid and aria-describedby."""
    if bound.use_fieldset:  # radio buttons and boxes are styled from outside
        return bound.as_widget()
    css = CONTROLS.get(bound.widget_type, "form-control")
    own = bound.field.widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": f"{css} {own}".strip()}
    if _repeats(str(bound.field.widget.attrs.get("placeholder", "")), str(bound.label)):
        attrs["placeholder"] = False  # left out
    return bound.as_widget(attrs=attrs)


def _repeats(placeholder: str, label: str) -> bool:
    """A placeholder that only says the label again is noise; one with an example is not."""
    short, long = sorted([placeholder.lower(), label.lower()], key=len)
    return bool(short) and short in long


@register.filter
def kind(bound: BoundField) -> str:
    """Which of the four shapes components/field.html draws: hidden, check, choices or control."""
    if bound.is_hidden:
        return "hidden"
    if bound.widget_type == "checkbox":
        return "check"
    return "choices" if bound.use_fieldset else "control"


@register.simple_tag(takes_context=True)
def fill(context: template.Context, filled: Any) -> SafeString:
    """``{% fill panel %}``: one of ``kernel.panels.at()``, with its own context."""
    request = getattr(context, "request", None)
    return get_template(filled.template).render(dict(filled.context), request)


@register.filter
def overridable_by(verdict: Any, actor: Any) -> bool:
    """Whether this actor may go past the block."""
    return verdict.may_override(actor)


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute that a script reads; the template escapes it."""
    return json.dumps(value)


@register.filter
def initials(name: str) -> str:
    """HM for Helen Marsh: for the people who work here, never for patients."""
    words = name.split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@register.filter
def dob(born: dt.date | None, today: dt.date | None = None) -> str:
    """14 Jul 1962 (64); the youngest in months or days; "Not known" rather than nothing."""
    if not born:
        return "Not known"
    return f"{born.day} {born:%b} {born.year} ({age(born, today)})"


@register.filter
def age(born: dt.date, today: dt.date | None = None) -> str:
    """64, 14 mo, 3 wk, 1 day: the way a desk says it, finer the younger."""
    today = today or timezone.localdate()
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    days = (today - born).days
    if months >= 24:
        return str(months // 12)
    if months >= 2:
        return f"{months} mo"
    if days >= 14:
        return f"{days // 7} wk"
    return "1 day" if days == 1 else f"{max(days, 0)} days"


def wall(when: Any) -> Any:
    """
    As the clock on the wall says it: what a query made local to a place stays so, bare UTC goes on the
    practice's clock. (`expects_localtime` would put both on the practice's.)
    """
    if isinstance(when, dt.datetime) and when.tzinfo in STORED:
        return timezone.localtime(when)
    return when


@register.filter
def day(when: dt.date) -> str:
    """Mon 16 Nov; with the year when it is not this one."""
    when = wall(when)
    year = "" if when.year == timezone.localdate().year else f" {when.year}"
    return f"{when:%a} {when.day} {when:%b}{year}"


@register.filter
def clock(when: dt.datetime | dt.time, style: str = "") -> str:
    """
    10:52, 1:45, 7:30 pm: bare from 7 in the morning to 7 in the evening, where each is unique.

    ``clock:"full"`` always says am or pm, as a sentence or a message to a patient must.
    """
    when = wall(when)
    figure = f"{when.hour % 12 or 12}:{when.minute:02}"
    if style != "full" and when.hour in BARE_HOURS:
        return figure
    return f"{figure} {'am' if when.hour < 12 else 'pm'}"


@register.filter
def minutes(length: dt.timedelta | float) -> str:
    """31 m, 1 h 5 m, 2 h; a length below a minute is 0 m."""
    total = int(length.total_seconds() // 60 if isinstance(length, dt.timedelta) else length)
    hours, rest = divmod(max(total, 0), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} m"] * bool(rest or not hours))


@register.filter
def money(amount: Decimal, style: str = "") -> str:
    """$1,286.00, minus as −$20.00; ``money:"whole"`` for budgets: $31,904."""
    step = Decimal(1) if style == "whole" else Decimal("0.01")
    rounded = Decimal(amount).quantize(step, ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}${abs(rounded):,}"
