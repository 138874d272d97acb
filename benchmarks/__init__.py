"""
What the house can do, beside what the machine can: each bench prints one JSON line.

The load is closed-loop over keep-alive connections from a process of its own, with sign-in, permission
check, audit and outbox on. Beside it, in the same run, raw SQL writes or reads the same rows with as many
clients: `limit_ratio` is ours divided by that. The workloads are W1–W7 of the peers that were measured.
"""
