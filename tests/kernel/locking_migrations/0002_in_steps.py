from django.db import migrations


class Migration(migrations.Migration):
    """Not one transaction: what a lock stops may stand half done."""

    atomic = False
    dependencies = [("fhir", "0001_widen")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE office_practice ALTER COLUMN tried SET DEFAULT 1",
            "ALTER TABLE office_practice ALTER COLUMN tried DROP DEFAULT",
        )
    ]
