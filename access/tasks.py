"""What a worker does for accounts: letters."""

from typing import Any
from uuid import UUID

from access import letters
from kernel.outbox import subscribe


@subscribe(letters.PASSWORD)
def password_letter(*, user_id: UUID | None, site: str, **_added_later: Any) -> None:
    letters.send_password_letter(user_id, site)


@subscribe(letters.CHANGE)
def change_letter(
    *,
    user_id: UUID,
    change: str,
    at: str,
    colleague_id: UUID | None,
    signed_in_id: UUID | None,
    former: str,
    **_added_later: Any,
) -> None:
    letters.send_change_letter(user_id, change, at, colleague_id, signed_in_id, former)
