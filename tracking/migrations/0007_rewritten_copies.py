from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0006_raw_mails_kept_by_age")]

    operations = [
        migrations.AddField(
            model_name="inboundmail",
            name="written_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="inboundmail",
            index=models.Index(
                condition=models.Q(("own_message_id", ""), _negated=True),
                fields=["own_message_id"],
                name="inbound_own_message_id",
            ),
        ),
    ]
