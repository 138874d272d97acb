"""
Links in messages: who holds one may answer that one message, and nothing else.

A link is the message's id and a seal over it (HMAC-SHA256, cut to 96 bits; RFC 2104 allows half). It is not
stored: what it may still do follows from the message and from what was answered before.
"""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings

SEAL = 12  # bytes
PURPOSE = b"communications.links:"


def token(message_id: UUID) -> str:
    return base64.urlsafe_b64encode(message_id.bytes + _seal(message_id.bytes)).decode().rstrip("=")


def read(text: str) -> UUID | None:
    """Whose link it is, or None: mistyped, cut off or made up."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + SEAL or not hmac.compare_digest(raw[16:], _seal(raw[:16])):
        return None
    if text != base64.urlsafe_b64encode(raw).decode().rstrip("="):  # one link has one spelling
        return None
    return UUID(bytes=raw[:16])


def address(message_id: UUID) -> str:
    """The whole address, as it stands in a text."""
    return f"{settings.PUBLIC_URL}/a/{token(message_id)}/"


def _seal(raw: bytes) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), PURPOSE + raw, sha256).digest()[:SEAL]
