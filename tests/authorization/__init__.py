"""
Who may do what, held against what is declared.

A library first (`world`, `examples`, `declared`, `matrix`, `guards`), so that the tests and
`make bench ONLY=matrix` ask the same questions at two sizes.
"""
