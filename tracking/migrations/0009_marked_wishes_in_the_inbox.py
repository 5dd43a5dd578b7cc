from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_guardrails_pause"),
        ("leads", "0003_suppressed_at"),
        ("tracking", "0008_own_mails_in_conversations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="inboundmail",
            name="inbound_inbox",
        ),
        migrations.AddIndex(
            model_name="inboundmail",
            index=models.Index(
                condition=models.Q(
                    ("message__isnull", False),
                    models.Q(("state", "ignored"), _negated=True),
                    models.Q(
                        ("kind__in", ["reply", "unsubscribe"]),
                        ("auto_reply__in", ["left_company", "challenge"]),
                        models.Q(
                            (
                                "intent__in",
                                ["interested", "meeting", "not_interested", "unsubscribe"],
                            ),
                            ("kind", "auto_reply"),
                        ),
                        _connector="OR",
                    ),
                ),
                fields=["-is_unread", "-received_at", "-id"],
                name="inbound_inbox",
            ),
        ),
    ]
