"""Migrations that want a busy table; `test_migrate_safely` gives them to a room that has none."""
