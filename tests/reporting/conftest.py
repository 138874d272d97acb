"""Visits are booked as in the schedule's own tests."""

from tests.scheduling.conftest import book, follow_up

__all__ = ["book", "follow_up"]
