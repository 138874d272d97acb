from access.queries.trail import Asked, Entry, entries, known_actions, looked_at

__all__ = ["Asked", "Entry", "entries", "known_actions", "looked_at"]
