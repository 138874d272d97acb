from django.db import migrations


class Migration(migrations.Migration):
    """One transaction, one table, one column."""

    operations = [
        migrations.RunSQL(
            "ALTER TABLE office_practice ADD COLUMN tried integer",
            "ALTER TABLE office_practice DROP COLUMN tried",
        )
    ]
