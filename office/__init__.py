"""The office itself (practice, locations, rooms, devices, hours, closures) and the project around it."""

from office.celery import app as celery_app

__all__ = ["celery_app"]
