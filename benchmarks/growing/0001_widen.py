from django.db import migrations


class Migration(migrations.Migration):
    """A column that old code need not know; and a rule that is not looked up in old rows yet."""

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE patients_patient ADD COLUMN bench_word text",
                "ALTER TABLE patients_patient ADD CONSTRAINT bench_word_short"
                " CHECK (length(bench_word) < 100) NOT VALID",
            ],
            "ALTER TABLE patients_patient DROP COLUMN bench_word",
        )
    ]
