from typing import Any

from django.core.management.base import BaseCommand

from access.models import User
from first_run import code


class Command(BaseCommand):
    """Prints the one-time code that the first page of a new office asks for; nothing once there is an account."""

    help = "Print the code that claims a new office."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stderr.write("This office has accounts already; there is no code.")
            return
        self.stdout.write(code.current())
