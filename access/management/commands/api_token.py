from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access import actions
from access.models import User
from kernel.actors import Actor
from kernel.refusals import Refusal


class Command(BaseCommand):
    """Prints a fresh bearer token: hashed at rest, scoped, expiring, audited."""

    help = "Issue an API token for a user; it is printed once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--scope", action="append", default=[], help="a permission; repeat for more; none: all"
        )
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--name", default="", help="which program it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the e-mail {options['email']}.")
        try:
            plain = actions.issue_token(
                user=user,
                scopes=options["scope"],
                days=options["days"],
                name=options["name"][:60],
                by=Actor.system("command line"),
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(plain)
