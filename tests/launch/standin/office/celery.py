"""A worker with nothing to do."""

import os

from celery import Celery

app = Celery("office", broker=os.environ["REDIS_URL"])
