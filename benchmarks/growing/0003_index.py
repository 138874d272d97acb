from django.db import migrations


class Migration(migrations.Migration):
    """An index while people write."""

    atomic = False
    dependencies = [("fhir", "0002_validate")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY bench_word_index ON patients_patient (bench_word, id)",
            "DROP INDEX CONCURRENTLY bench_word_index",
        )
    ]
