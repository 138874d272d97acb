"""The reminders an office starts with, so that nobody has to set up anything to send them."""

from django.db import migrations

SHIPPED = (
    ("When it is booked or moved", "booked", 1440),
    ("Two days before", "before", 2 * 24 * 60),
    ("Two hours before", "before", 120),
)


def ship(apps, schema_editor):
    rules = apps.get_model("scheduling", "ReminderRule")
    for name, moment, lead in SHIPPED:
        rules.objects.get_or_create(name=name, defaults={"moment": moment, "lead_minutes": lead})


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_reminders")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop, elidable=True)]
