from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "mailsuite.lib.idempotency"
    label = "idempotency"
    verbose_name = "Idempotency"
