"""
What comes from outside is checked before anybody can open it.

`checking` is the door: it hands a file to a child process (`child`), which is caged before it looks at
anything (`cage`), tells by its contents what the file is (`sniffing`), takes it apart and puts a clean
one together (`images`, `papers`, `office_files`, `texts`). The web process never parses. `scanner` asks an
anti-virus daemon, where the office has one; `kinds` says what is taken and in which words the rest is refused.
"""
