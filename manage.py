#!/usr/bin/env python3
"""Django's commands, with the services of this checkout found (or started) first."""

import os
import sys


def main() -> None:
    from launch import environment

    environment.load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
