from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.values import Policy
from mailsuite.lib import clock
from mailsuite.lib.crypto import SecretField
from mailsuite.lib.hosts import IN_CLEAR, is_near

# What the planner's fields are called in a SendingPolicy.
_POLICY_FIELDS = {"interval": "interval_minutes"}
_NO_TIME_ZONE = "{!r} is no time zone; use one like Europe/Amsterdam"
# What of a policy may change without a change of the rules that mails leave by.
_NO_RULES_OF_PACE = {"name", "max_bounce_percent", "max_complaint_percent"}
# One in ten thousand is the least that two decimals can say.
_PERCENT = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))]


def weekdays() -> list[int]:
    """Monday to Friday, as ISO 8601 numbers them."""
    return [1, 2, 3, 4, 5]


class SendingPolicy(models.Model):
    """When and how fast a sending domain may send. Belongs to domains; no campaign overrides it.

    All times are wall-clock in `timezone`.
    """

    name = models.CharField(max_length=100, unique=True)
    timezone = models.CharField(max_length=64, default="Europe/Amsterdam")
    send_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        default=weekdays,
        help_text="ISO weekdays, 1 = Monday … 7 = Sunday.",
    )
    window_start = models.TimeField(default=time(8))
    window_end = models.TimeField(default=time(17))
    interval_minutes = models.PositiveSmallIntegerField(
        default=20, help_text="Least time between two mails of one domain; 0 = no pause."
    )
    daily_cap = models.PositiveIntegerField(default=27, validators=[MinValueValidator(1)])
    # Only for mails that were due in the window and got delayed.
    grace_until = models.TimeField(default=time(18))
    holiday_country = models.CharField(
        max_length=2,
        blank=True,
        default="NL",
        help_text="ISO country whose public holidays are no workdays; empty for none.",
    )
    blackout_dates = ArrayField(models.DateField(), default=list, blank=True)
    # Public holidays on which this policy sends all the same (Good Friday, say).
    working_holidays = ArrayField(models.DateField(), default=list, blank=True)
    # From here on a domain is paused by itself (guardrails.py).
    max_bounce_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=_PERCENT,
        help_text="A domain is paused where so many of its mails of 7 days bounced for good, "
        "from 50 mails on.",
    )
    max_complaint_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal("0.10"),
        validators=_PERCENT,
        help_text="The same for complaints (reported as spam). Gmail wants less than 0.10.",
    )
    # Business time; None: its rules are those that it was made with. Mails that left before
    # kept to other ones.
    changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "sending policies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="policy_window_opens_before_it_closes",
                condition=Q(window_start__lt=F("window_end")),
            ),
            models.CheckConstraint(
                name="policy_grace_not_before_window_end",
                condition=Q(grace_until__gte=F("window_end")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        fields = options.get("update_fields")
        if not self._state.adding and (fields is None or set(fields) - _NO_RULES_OF_PACE):
            self.changed_at = clock.now()
            if fields is not None:
                options["update_fields"] = {*fields, "changed_at"}
        super().save(**options)

    def clean(self) -> None:
        if self.timezone not in available_timezones():
            raise ValidationError({"timezone": _NO_TIME_ZONE.format(self.timezone)})
        try:
            self.value()
        except InvalidFieldError as error:
            field = _POLICY_FIELDS.get(error.field, error.field)
            raise ValidationError({field: error.problem}) from error
        except (TypeError, AttributeError, OverflowError):
            # A field holds no value of its type. full_clean() comes here all the same, and names
            # that field itself.
            return

    def value(self) -> Policy:
        """The policy as the planner reads it. Raises InvalidFieldError, with the planner's name
        of the field, for one that nothing can be planned with."""
        try:
            zone = self.zone
        except (
            LookupError,
            ValueError,
            OSError,
        ) as error:  # whichever, by what the name looks like
            raise InvalidFieldError("timezone", _NO_TIME_ZONE.format(self.timezone)) from error
        return Policy(
            timezone=zone,
            send_days=frozenset(self.send_days),
            window_start=self.window_start,
            window_end=self.window_end,
            interval=timedelta(minutes=self.interval_minutes),
            daily_cap=self.daily_cap,
            grace_until=self.grace_until,
            holiday_country=self.holiday_country or None,
            blackout_dates=frozenset(self.blackout_dates),
            working_holidays=frozenset(self.working_holidays),
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class SendingAccount(models.Model):
    """How mail leaves: an SMTP server, or a provider's API through django-anymail.

    Amazon SES is an SMTP account here: its API needs the whole AWS library.
    """

    class Backend(models.TextChoices):
        SMTP = "smtp", "SMTP"
        BREVO = "brevo", "Brevo"
        MAILERSEND = "mailersend", "MailerSend"
        MAILGUN = "mailgun", "Mailgun"
        MAILJET = "mailjet", "Mailjet"
        POSTMARK = "postmark", "Postmark"
        RESEND = "resend", "Resend"
        SPARKPOST = "sparkpost", "SparkPost"

    class Security(models.TextChoices):
        NONE = "none", "None (local server only)"
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS from the start"

    name = models.CharField(max_length=100, unique=True)
    backend = models.CharField(max_length=20, choices=Backend, default=Backend.SMTP)
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(
        default=587, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=254, blank=True)
    # The SMTP password, or the provider's API key.
    secret = SecretField(blank=True)
    # What the provider's backend of django-anymail takes beside the key ("sender_domain").
    provider_options = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.backend == self.Backend.SMTP and not self.host:
            raise ValidationError({"host": "An SMTP account needs the name of its server."})
        try:
            self.host.encode("idna")
        except UnicodeError as error:
            raise ValidationError(
                {"host": f"{self.host!r} is no name of a server: {error}"}
            ) from error
        if self._says_its_password_in_clear() and not is_near(self.host):
            raise ValidationError({"security": IN_CLEAR})
        for field in ("username", "secret"):
            if not getattr(self, field).isascii():
                raise ValidationError(
                    {field: "Has letters beyond ASCII, which no SMTP login can say (RFC 4954 §4)."}
                )

    def _says_its_password_in_clear(self) -> bool:
        """A relay that asks for none gets none."""
        is_smtp = self.backend == self.Backend.SMTP
        return is_smtp and self.security == self.Security.NONE and bool(self.username)
