"""The house in figures for whoever watches machines: asked of Postgres at the moment of asking."""

from dataclasses import dataclass

from django.db import connection

from kernel import pulse
from kernel.pulse import Pulse

FIGURES = """
SELECT
  (SELECT count(*) FROM kernel_delivery WHERE state = 'due'),
  (SELECT count(*) FROM kernel_job WHERE state = 'queued'),
  (SELECT count(*) FROM kernel_job WHERE state = 'running'),
  (SELECT count(*) FROM kernel_job WHERE state = 'failed' AND finished_at > now() - interval '1 day'),
  (SELECT extract(epoch FROM now() - min(queued_at))::float FROM kernel_job WHERE state = 'queued'),
  (SELECT count(*) FROM django_session WHERE expire_date > now()),
  (SELECT extract(epoch FROM now() - max(sealed_at))::float FROM kernel_auditseal),
  (SELECT extract(epoch FROM now() - max(at))::float FROM kernel_auditevent WHERE action = 'office.backup'
     AND at > now() - interval '60 days'),
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
  pg_database_size(current_database())
"""


@dataclass(frozen=True)
class Figures:
    """Seconds are None where there is nothing to count them from."""

    pulse: Pulse
    deliveries_due: int
    jobs_queued: int
    jobs_running: int
    jobs_failed: int
    oldest_queued: float | None
    sessions: int
    newest_seal: float | None
    newest_backup: float | None
    connections: int
    database_bytes: int


def figures() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES)
        return Figures(pulse.read(), *cursor.fetchone())
