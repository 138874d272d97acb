"""
Backup: the whole office in a folder, and back.

`taking` writes, `restoring` reads; `contents` says what is in a database in numbers that two databases
can be compared by, `manifest` what is in the folder, `tools` runs Postgres's own programs. Keys never
go into a backup: who finds one finds the encrypted fields locked.
"""


class Trouble(Exception):
    """Why there is no backup, or why nothing was restored; its text is the sentence people read."""
