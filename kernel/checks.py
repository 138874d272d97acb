"""What must hold before the house starts."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from kernel.models import DataClass
from kernel.policy import check_routes
from kernel.rooms import ROOMS

__all__ = ["check_models", "check_routes"]


def check_models(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Every model of ours says how delicate its rows are. History tables inherit from what they record."""
    return [
        Error(f"{model._meta.label} declares no data_class.", id="kernel.E002")
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        and not hasattr(model, "pgh_tracked_model")
        and not isinstance(getattr(model, "data_class", None), DataClass)
    ]
