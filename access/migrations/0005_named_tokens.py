from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_devices"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Which program has it.",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(blank=True, help_text="To the minute.", null=True),
        ),
    ]
