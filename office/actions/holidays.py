"""The federal holidays as closures."""

from datetime import date

import holidays

from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.actions.configuration import announce
from office.models import Closure, Location
from office.permissions import Permission

FIRST_YEAR, LAST_YEAR = 2000, 2100


def observed_federal_holidays(year: int) -> dict[date, str]:
    """
    The weekdays on which the federal government rests in a year (5 U.S.C. 6103).

    A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after; the
    observed day counts for the year it falls in, so a year may have New Year's Day twice.
    """
    found = holidays.country_holidays("US", years=year)
    return {
        day: name.removesuffix(" (observed)")
        for day, name in sorted(found.items())
        if day.year == year and day.weekday() < 5
    }


@act(permission=Permission.CONFIGURE_OFFICE)
def add_federal_holidays(
    *, year: int, by: Actor, location: Location | None = None
) -> list[Closure]:
    """
    Close the whole practice, or one location, on the observed federal holidays of a year.

    Days that stand there already are left as they are, so a second time adds nothing.

    :raises Invalid: the year is far away
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(f"Choose a year between {FIRST_YEAR} and {LAST_YEAR}.", field="year")
    wanted = observed_federal_holidays(year)
    standing = set(
        Closure.objects.filter(
            location=location, is_holiday=True, first_date__in=wanted
        ).values_list("first_date", flat=True)
    )
    fresh = [
        Closure(location=location, first_date=day, last_date=day, name=name, is_holiday=True)
        for day, name in wanted.items()
        if day not in standing
    ]
    made = Closure.objects.bulk_create(fresh)
    acts.note(*made, year=year, added=len(made))
    if made:
        announce(made[0])
    return made
