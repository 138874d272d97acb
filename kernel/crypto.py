"""
Crypto: fields that a stolen dump must not give away.

AES-256-GCM with table, primary key and field as associated data: a value moved to another row does not
decrypt. `FIELD_KEYS` is a list `id:base64`, newest first; older keys still read. A wrong key raises,
it never returns nonsense. Backups never contain keys.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """No configured key opens this value, or it was moved from another row."""


@lru_cache(maxsize=4)
def _keys(configured: tuple[str, ...]) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for each in configured:
        name, _, encoded = each.partition(":")
        key = base64.b64decode(encoded, validate=True) if encoded else b""
        if not name or len(key) != 32:
            raise ImproperlyConfigured(
                "FIELD_KEYS wants `id:base64 of 32 bytes`, comma-separated, newest first."
            )
        keys[name] = key
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: no field can be encrypted.")
    return keys


def keys() -> dict[str, bytes]:
    return _keys(tuple(settings.FIELD_KEYS))


def encrypt(plain: str, *, place: str) -> str:
    """Seal a value for its place (`table/pk/field`): `key id.base64(nonce + ciphertext)`."""
    name, key = next(iter(keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
    return f"{name}.{base64.b64encode(nonce + sealed).decode()}"


def decrypt(sealed: str, *, place: str) -> str:
    """
    Open a value.

    :raises CannotDecrypt: unknown key, changed value, or another place
    """
    name, _, encoded = sealed.partition(".")
    key = keys().get(name)
    if key is None:
        raise CannotDecrypt(f"No key {name!r} is configured.")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(f"The value does not open at {place}.") from error


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed hash to look a value up by without decrypting; the oldest key, so that rotation keeps it stable."""
    oldest = list(keys().values())[-1]
    derived = hashlib.sha256(b"blind index" + oldest).digest()
    return hmac.new(derived, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def marks() -> dict[str, str]:
    """What tells a key from another without giving it away: is the one we have the one this was sealed with?"""
    return {
        name: hmac.new(key, b"which key is this", hashlib.sha256).hexdigest()
        for name, key in keys().items()
    }
