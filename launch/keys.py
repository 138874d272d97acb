"""Secrets that are made once and kept in `DATA_DIR/keys`, readable by the owner alone; backups leave them out."""

import base64
import os
import secrets
from collections.abc import Callable

from launch.paths import Trouble, data_dir, make_private, write_private


def kept(name: str, make: Callable[[], str]) -> str:
    """The secret of this name; made the first time. Two at once: the first file wins."""
    path = make_private(data_dir() / "keys") / name
    if not path.exists():
        draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
        write_private(draft, make() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    text = path.read_text().strip()
    if not text:
        raise Trouble(
            f"{path} is empty. Put the key back from where you keep it; without it data stays locked."
        )
    return text


def password(name: str) -> str:
    return kept(f"{name}_password", lambda: secrets.token_urlsafe(24))


def secret_key() -> str:
    return kept("secret_key", lambda: secrets.token_urlsafe(50))


def field_keys() -> str:
    """`id:base64 of 32 bytes`, comma-separated, newest first; rotation puts a line in front."""
    lines = kept("field_keys", lambda: "1:" + base64.b64encode(secrets.token_bytes(32)).decode())
    return ",".join(line.strip() for line in lines.replace(",", "\n").splitlines() if line.strip())
