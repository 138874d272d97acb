"""What this room brings to pages of others."""


def register() -> None:
    pass
