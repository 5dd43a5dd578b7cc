from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0005_inbox")]

    operations = [
        migrations.RemoveIndex(model_name="inboundmail", name="inbound_raw_until"),
        migrations.RenameField("inboundmail", "raw_kept_until", "raw_since"),
        migrations.RunSQL(
            "UPDATE tracking_inboundmail SET raw_since = received_at WHERE raw_since IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="inboundmail",
            index=models.Index(
                condition=models.Q(("raw_since__isnull", False)),
                fields=["raw_since"],
                name="inbound_raw_since",
            ),
        ),
    ]
