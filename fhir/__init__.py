"""FHIR R4: what comes in from other systems, and later what goes out."""
