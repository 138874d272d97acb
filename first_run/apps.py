from django.apps import AppConfig


class FirstRunConfig(AppConfig):
    name = "first_run"
    verbose_name = "First steps"
