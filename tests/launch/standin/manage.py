"""Stands in for Django's commands where the launcher is what is tested: one table, or a failure on request."""

import os
import sys
import time
from pathlib import Path

import psycopg

if sys.argv[1] == "migrate_safely" and Path("migrate-fails").exists():
    sys.exit("the table is on fire")
if sys.argv[1] == "migrate_safely" and Path("migrate-waits").exists():
    Path("migrate-waits").rename("migrate-waited")
    time.sleep(60)
if sys.argv[1] == "seed_demo" and Path("seed-fails").exists():
    sys.exit("nobody came")
if sys.argv[1] == "migrate_safely":
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS visit (id int)")
