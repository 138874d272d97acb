from office.queries.configuration import (
    OpenDay,
    closure_on,
    forget_configuration,
    location_zones,
    open_day,
    own_locations,
    practice,
    practice_zone,
)
from office.queries.rules import Fired, RuleLine, fired, override_choices, rule_lines

__all__ = [
    "Fired",
    "OpenDay",
    "RuleLine",
    "closure_on",
    "fired",
    "forget_configuration",
    "location_zones",
    "open_day",
    "override_choices",
    "own_locations",
    "practice",
    "practice_zone",
    "rule_lines",
]
