"""Celery: a doorbell and hands. What is due lives in Postgres, so a lost task loses nothing."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.settings.dev")

app = Celery("office")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
def _name_the_worker(**_added_later: Any) -> None:
    from kernel import pulse  # only now: Celery loads this before Django is set up

    pulse.name_this_process()


@signals.worker_ready.connect
def _watch_the_worker(**_added_later: Any) -> None:
    from kernel import tasks, watchdog

    tasks.send(tasks.work)  # whatever came due while nobody worked
    watchdog.watch()


@signals.beat_init.connect
def _watch_beat(**_added_later: Any) -> None:
    from kernel import pulse

    pulse.name_this_process()

    # weak=False: nothing else keeps a function that is made here
    @signals.after_task_publish.connect(weak=False)
    def sign(**_added_later: Any) -> None:
        pulse.sign_as_beat()
