"""What speaks to the outside: time-outs, typed errors, nothing of the office's own rules."""

from communications.adapters import demo, http, mail

__all__ = ["demo", "http", "mail"]
