"""What every tick does for the people who work here."""

from django.utils import timezone

from kernel.tasks import chore
from staff.actions.employees import close_accounts_of_the_parted


@chore
def sign_out_the_parted() -> None:
    close_accounts_of_the_parted(at=timezone.now())
