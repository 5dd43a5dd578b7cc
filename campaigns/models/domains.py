from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from campaigns.models.senders import SendingAccount, SendingPolicy
from campaigns.scheduling.ramp import Ramp
from leads.addresses import InvalidAddress, normalised_address

# RFC 6376 §3.1: labels with dots between them; an underscore is met in the wild.
_SELECTOR = r"^[A-Za-z0-9]([\w-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([\w-]*[A-Za-z0-9])?)*$"


class SendingDomain(models.Model):
    """A domain that mails are sent from, and the throttle that all its senders share."""

    name = models.CharField(max_length=253, unique=True)
    policy = models.ForeignKey(SendingPolicy, on_delete=models.PROTECT, related_name="domains")
    # Business time; None: from the start.
    policy_since = models.DateTimeField(null=True, editable=False)
    account = models.ForeignKey(SendingAccount, on_delete=models.PROTECT, related_name="domains")
    # The flow of a campaign that names neither a flow nor a template.
    default_flow = models.ForeignKey(
        "Flow", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name before ._domainkey.<domain> under which its mails are signed (RFC 6376 §3.1).
    dkim_selector = models.CharField(
        "DKIM selector",
        max_length=100,
        blank=True,
        validators=[RegexValidator(_SELECTOR, "Letters, digits and hyphens, as in s1 or k2.mail.")],
        help_text="Your mail provider tells it; the key stands at <selector>._domainkey.<domain>.",
    )
    is_active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=1000, blank=True)
    # The reason tells of its bounces and complaints: who resumes it has seen them.
    paused_by_guardrails = models.BooleanField(default=False, editable=False)
    # Business time of the last resumption: a refusal of mails that left before pauses it no more.
    resumed_at = models.DateTimeField(null=True, editable=False)
    # Of the last resumption behind a pause by the guardrails: what became of mails that left before
    # counts no more.
    judged_since = models.DateTimeField(null=True, editable=False)

    # Ramp-up: a new domain begins with few mails a day (see scheduling/ramp.py).
    ramp_start = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Mails on the first day of sending, 10 say; empty for no ramp-up.",
    )
    ramp_step = models.PositiveIntegerField(
        default=5,
        validators=[MinValueValidator(1)],
        help_text="So many more on each day after a day on which it sent.",
    )
    ramp_ceiling = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Where the ramp ends; empty for the policy's daily cap.",
    )
    # Local to the policy; days of sending before it do not count. None: from the start.
    ramp_since = models.DateField(null=True, editable=False)

    # The throttle. Written by the gate (sending.py) in one conditional UPDATE, by nobody else.
    next_allowed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_on = models.DateField(null=True, blank=True, editable=False)  # local to the policy
    sent_today = models.PositiveIntegerField(default=0, editable=False)
    # On a ramp: on how many days before `sent_on` it has sent.
    ramp_days = models.PositiveIntegerField(default=0, editable=False)

    # Something gave slots back or pushed a mail out of its own: planning.py makes a new plan.
    needs_replanning = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            # Else a domain that sends would not be judged.
            models.CheckConstraint(
                name="domain_guardrails_pause",
                condition=Q(paused_by_guardrails=False) | Q(paused_at__isnull=False),
            ),
            models.CheckConstraint(
                name="domain_ramp_climbs",
                condition=Q(ramp_start=None)
                | Q(ramp_start__gte=1, ramp_step__gte=1)
                & (Q(ramp_ceiling=None) | Q(ramp_ceiling__gte=F("ramp_start"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for what mail cannot be sent from; stored in ASCII (IDNA)."""
        try:
            self.name = normalised_address(f"postmaster@{self.name}").partition("@")[2]
        except InvalidAddress as error:
            raise ValidationError(
                {"name": f"{self.name!r} is no domain that mail can be sent from: {error}"}
            ) from error
        start, ceiling = self.ramp_start, self.ramp_ceiling
        if start is not None and ceiling is not None and ceiling < start:
            raise ValidationError({"ramp_ceiling": f"The ramp begins above it, with {start}."})

    def cap_on(self, day: date) -> int:
        """The most mails on this day, local to the policy. Of days ahead, as if it sent nothing
        before them."""
        ramp = self.ramp_before(day)
        cap = self.policy.daily_cap
        return cap if ramp is None else min(cap, ramp.cap_after(ramp.days))

    def ramp_before(self, day: date) -> Ramp | None:
        """Its ramp-up, with the days of sending that lie before this local day; None: it has
        none."""
        if self.ramp_start is None:
            return None
        cap = self.policy.daily_cap
        ceiling = min(self.ramp_ceiling or cap, cap)
        return Ramp(
            start=self.ramp_start,
            step=self.ramp_step,
            ceiling=max(ceiling, self.ramp_start),
            days=self.ramp_days + self._has_sent_before(day),
        )

    def _has_sent_before(self, day: date) -> bool:
        """Whether the day that its throttle counted last is one more day of sending."""
        if self.sent_on is None or self.sent_on >= day or not self.sent_today:
            return False
        return self.ramp_since is None or self.sent_on >= self.ramp_since


class SenderAlias(models.Model):
    """One sender of a domain: `christian` on punthelder-seo.nl is christian@punthelder-seo.nl."""

    domain = models.ForeignKey(SendingDomain, on_delete=models.CASCADE, related_name="aliases")
    name = models.SlugField(max_length=64, help_text="The part before the @.")
    sender_name = models.CharField(max_length=100)
    reply_to = models.EmailField(blank=True)
    # Jinja2 is not run on it; it is put below the body as it is (sanitised).
    signature_html = models.TextField(blank=True)
    account = models.ForeignKey(
        SendingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="aliases",
        help_text="Only where this alias has its own; else the domain's.",
    )

    class Meta:
        verbose_name_plural = "sender aliases"
        ordering = ["domain", "name"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "name"], name="alias_once_per_domain"),
        ]

    def __str__(self) -> str:
        return self.address

    def clean(self) -> None:
        """Raises ValidationError for a reply-to that no mail can go to; stored in ASCII (IDNA)."""
        if not self.reply_to:
            return
        try:
            self.reply_to = normalised_address(self.reply_to)
        except InvalidAddress as error:
            raise ValidationError({"reply_to": str(error)}) from error

    @property
    def address(self) -> str:
        return f"{self.name}@{self.domain.name}"

    @property
    def sending_account(self) -> SendingAccount:
        return self.account or self.domain.account
