from django.db import migrations


class Migration(migrations.Migration):
    """Every old row is looked at, under a lock that lets people read and write."""

    dependencies = [("fhir", "0001_widen")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE patients_patient VALIDATE CONSTRAINT bench_word_short",
            migrations.RunSQL.noop,
        )
    ]
