from office.actions.configuration import (
    AlreadyThere,
    InUse,
    announce,
    configure,
    keep_row,
    remove,
    remove_row,
)
from office.actions.holidays import add_federal_holidays, observed_federal_holidays
from office.actions.rules import change_gate_setting
from office.actions.setting_up import (
    add_device,
    add_location,
    add_room,
    finish_set_up,
    set_hours,
    set_up_practice,
    write_hours,
)

__all__ = [
    "AlreadyThere",
    "InUse",
    "add_device",
    "add_federal_holidays",
    "add_location",
    "add_room",
    "announce",
    "change_gate_setting",
    "configure",
    "finish_set_up",
    "keep_row",
    "observed_federal_holidays",
    "remove",
    "remove_row",
    "set_hours",
    "set_up_practice",
    "write_hours",
]
