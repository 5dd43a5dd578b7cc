from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class MailsuiteConfig(AppConfig):
    name = "mailsuite"
    verbose_name = "mailsuite"

    def ready(self) -> None:
        from mailsuite import checks, groups, schedule

        checks.register()
        # post_migrate is sent for apps with models only, which the project is not.
        sender = apps.get_app_config("campaigns")
        post_migrate.connect(schedule.sync_after_migrate, sender=sender)
        post_migrate.connect(groups.sync_after_migrate, sender=sender)
