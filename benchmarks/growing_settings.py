"""The bench's settings: a room without tables of its own gets the migrations that are measured."""

from office.settings.dev import *  # noqa: F403

MIGRATION_MODULES = {"fhir": "benchmarks.growing"}
