"""Patients and their families: registration, contact, encounters."""
