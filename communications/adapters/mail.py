"""E-mail by whatever Django is configured for: SMTP, or a provider through anymail."""

import smtplib
from typing import Any

from django.conf import settings
from django.core import mail

from communications import gateways
from communications.gateways import Busy, NoAnswer, Outgoing, Refused

SECONDS = 20


class Mail:
    """
    A mail server does not know a message again: cut off after it was handed over, it is not known.

    Connecting comes first and apart, so that a server that is away is known to have taken nothing.
    """

    name = "mail"
    knows_keys = False
    can_tell = False

    def send(self, out: Outgoing) -> str:
        connection = (
            mail.get_connection(timeout=SECONDS) if _takes_time() else mail.get_connection()
        )
        try:
            connection.open()
        except OSError as error:
            raise Busy("The mail server does not answer.") from error
        try:
            self._hand_over(connection, out)
        finally:
            connection.close()
        return ""

    def _hand_over(self, connection: Any, out: Outgoing) -> None:
        headers = {
            "Message-ID": f"<{out.key}@{mail.utils.DNS_NAME}>",
            "Auto-Submitted": "auto-generated",
        }
        letter = mail.EmailMessage(
            out.subject_line, out.text, to=[out.address], headers=headers, connection=connection
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            _said(next(iter(error.recipients.values()), (0, b"")))
        except smtplib.SMTPResponseException as error:
            _said((error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            raise NoAnswer("The mail server went away in the middle.") from error
        except ValueError as error:  # a header that would break out of its line
            raise Refused("The address or the subject cannot stand in an e-mail.") from error

    def find(self, key: str) -> str | None:
        raise NoAnswer("A mail server does not tell.")


def _said(answer: tuple[int, Any]) -> None:
    """What the server said before it took the message: never (5xx), or not now (4xx)."""
    if 500 <= answer[0] < 600:
        raise Refused(f"The mail server refused the address ({answer[0]}).")
    raise Busy(f"The mail server takes nothing now ({answer[0]}).")


def _takes_time() -> bool:
    return settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


@gateways.adapter("mail")
def make(_address: str) -> Mail:
    return Mail()
