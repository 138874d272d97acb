"""
The launcher: from a fresh checkout to a running office, with Python's standard library only.

`make run`, `make test`, `make check` and `make bench` are thin names for `python3 -m launch …`.
Three layers: `processes` and `paths` know the machine; `postgres`, `valkey`, `keeper` and `services`
run the two servers; `steps`, `run`, `testing` and `check` are the commands.
"""
