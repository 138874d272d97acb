from office.models.external import Organization
from office.models.hours import Closure, OpeningHours
from office.models.places import Device, Location, Room
from office.models.practice import Practice

__all__ = ["Closure", "Device", "Location", "OpeningHours", "Organization", "Practice", "Room"]
