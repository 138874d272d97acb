from django.db import migrations

# A sequence, never max() + 1: two desks that register at once get two numbers. Gaps are harmless.
CREATE = "CREATE SEQUENCE patients_medical_record_number AS bigint START WITH 200001"
DROP = "DROP SEQUENCE patients_medical_record_number"


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_keep_contact_history")]

    operations = [migrations.RunSQL(CREATE, DROP)]
