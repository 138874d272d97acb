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
from office.queries.rules import (
    Fired,
    Override,
    RuleLine,
    fired,
    latest_overrides,
    override_choices,
    rule_lines,
)

__all__ = [
    "Fired",
    "OpenDay",
    "Override",
    "RuleLine",
    "closure_on",
    "fired",
    "forget_configuration",
    "latest_overrides",
    "location_zones",
    "open_day",
    "override_choices",
    "own_locations",
    "practice",
    "practice_zone",
    "rule_lines",
]
