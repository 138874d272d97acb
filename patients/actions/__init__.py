from patients.actions.encounters import StepRefused, open_encounter, record_step, step_back

__all__ = ["StepRefused", "open_encounter", "record_step", "step_back"]
