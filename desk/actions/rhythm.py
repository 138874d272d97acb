"""Which checklists are due on which day at which location: one statement, harmless however often it runs."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

# A weekly or monthly one whose day fell into hours when nobody was there to make it, is made up to three days later.
MAKE = """
WITH now_is AS (SELECT coalesce(%(at)s::timestamptz, now()) AS at),
asked AS (
    SELECT t.id AS template_id, l.id AS location_id, (d.day + t.due_time) AT TIME ZONE l.zone AS due_at, d.day
    FROM desk_checklisttemplate t
    JOIN desk_checklisttemplate_locations tl ON tl.checklisttemplate_id = t.id
    JOIN office_location l ON l.id = tl.location_id AND l.is_active AND NOT l.is_external
    CROSS JOIN now_is
    CROSS JOIN LATERAL (
        SELECT (now_is.at AT TIME ZONE l.zone)::date - back AS day
        FROM generate_series(0, CASE t.rhythm WHEN 'daily' THEN 0 ELSE 3 END) AS back
    ) d
    WHERE t.is_active AND (t.created_at AT TIME ZONE l.zone)::date <= d.day
      AND (%(places)s::uuid[] IS NULL OR l.id = ANY (%(places)s))
      AND EXISTS (SELECT FROM desk_checklistitem i WHERE i.template_id = t.id AND i.is_active)
      AND CASE t.rhythm
        WHEN 'daily' THEN
            EXISTS (SELECT FROM office_openinghours h
                    WHERE h.location_id = l.id AND h.weekday = extract(isodow FROM d.day) - 1)
            AND NOT EXISTS (SELECT FROM office_closure c
                            WHERE (c.location_id = l.id OR c.location_id IS NULL)
                              AND d.day BETWEEN c.first_date AND c.last_date)
        WHEN 'weekly' THEN t.weekday = extract(isodow FROM d.day) - 1
        ELSE extract(day FROM d.day) = least(
            t.day_of_month, extract(day FROM date_trunc('month', d.day) + interval '1 month' - interval '1 day'))
      END
),
made AS (
    INSERT INTO desk_checklistrun (id, created_at, updated_at, version, template_id, location_id, date, due_at,
                                   state, left_out_reason)
    SELECT gen_random_uuid(), now(), now(), 1, template_id, location_id, day, due_at, 'open', '' FROM asked
    WHERE NOT EXISTS (SELECT FROM desk_checklistrun r WHERE r.template_id = asked.template_id
                      AND r.location_id = asked.location_id AND r.date = asked.day)
    ON CONFLICT DO NOTHING
    RETURNING id, template_id, location_id
),
items AS (
    INSERT INTO desk_runitem (id, created_at, updated_at, version, run_id, item_id, position, text, role_id,
                              evidence, unit, low, high, is_critical, done_by_name, signature, note)
    SELECT gen_random_uuid(), now(), now(), 1, made.id, i.id, i.position, i.text, i.role_id,
           i.evidence, i.unit, i.low, i.high, i.is_critical, '', '', ''
    FROM made JOIN desk_checklistitem i ON i.template_id = made.template_id AND i.is_active
)
SELECT DISTINCT location_id FROM made
"""


def make_runs(at: datetime | None = None, places: Iterable[UUID] | None = None) -> list[UUID]:
    """
    The runs that are missing, here or everywhere, with copies of their items; answers where some were made.

    Judged by Postgres's clock unless a moment is given; several may ask at once, each run is made once.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"at": at, "places": None if places is None else list(places)})
        return [row[0] for row in cursor.fetchall()]
