from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import IsNull

from campaigns.models import Message
from leads.accents import ACCENTED, PLAIN
from leads.models import Lead
from tracking.models.mailboxes import Mailbox
from tracking.querysets import InboundMailQuerySet
from tracking.reading import AutoReplySort, Intent, Kind

_WISHES = [
    Intent.INTERESTED.value,
    Intent.MEETING.value,
    Intent.NOT_INTERESTED.value,
    Intent.UNSUBSCRIBE.value,
]
# What a marketer reads: words of a person, and of machines those that ask for one.
_FOR_MARKETERS = (
    Q(message__isnull=False)
    & ~Q(state="ignored")
    & (
        Q(kind__in=[Kind.REPLY.value, Kind.UNSUBSCRIBE.value])
        | Q(auto_reply__in=[AutoReplySort.LEFT_COMPANY.value, AutoReplySort.CHALLENGE.value])
        # Marked as a machine's, and worded as a person's.
        | Q(kind=Kind.AUTO_REPLY.value, intent__in=_WISHES)
    )
)

_SEPARATORS = "@._-/:"
# The words of a mail, divided and without accents as those of a lead are (Lead.search_words).
_SEARCHED_WORDS = Func(
    Value("simple"),
    Func(
        Func(
            Concat(
                F("from_address"), Value(" "), F("subject"), Value(" "), F("text"),
                output_field=models.TextField(),
            ),
            template="normalize(%(expressions)s, NFD)",
        ),
        Value(_SEPARATORS + ACCENTED),
        Value(" " * len(_SEPARATORS) + PLAIN),
        function="translate",
        output_field=models.TextField(),
    ),
    function="to_tsvector",
    output_field=SearchVectorField(),
)  # fmt: skip


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


class InboundMail(models.Model):
    """One mail, or one event of a provider, that came back. Written by `tracking.receiving` only,
    in the same transaction as its effects; what people do with it comes after that.

    Subject, text and addresses are other people's words: escape them.
    """

    class Source(models.TextChoices):
        IMAP = "imap", "IMAP"
        PIPE = "pipe", "Pipe"  # manage.py receive_mail
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        DONE = "done"  # tied to a message, took effect; nothing is asked of anybody
        UNMATCHED = "unmatched"  # tied to no message of ours: no effect, a person looks at it
        TO_REVIEW = "to_review"  # tied to one, and a person decides: `outcome` says what
        SETTLED = "settled"  # a person has dealt with it, or nobody in a set time
        # From ourselves (with a message: written in its conversation, by a person), or a copy that
        # some way has rewritten.
        IGNORED = "ignored"

    # A person has to look at these.
    WAITING = (State.UNMATCHED, State.TO_REVIEW)

    FOR_MARKETERS = _FOR_MARKETERS

    source = models.CharField(max_length=7, choices=Source)
    # What the source knows it by ("mailbox:uidvalidity:uid", the provider's event id).
    source_key = models.CharField(max_length=255)
    # Of what the mail says: the same mail by two ways is the same here (tracking.fingerprints).
    fingerprint = models.CharField(max_length=64)
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    received_at = models.DateTimeField()  # business time

    kind = models.CharField(max_length=11, choices=_choices(Kind))
    auto_reply = models.CharField(max_length=15, choices=_choices(AutoReplySort), blank=True)
    intent = models.CharField(max_length=14, choices=_choices(Intent), default=Intent.NONE)
    return_date = models.DateField(null=True, blank=True)  # that an out of office names
    # Its own Message-ID without brackets; an answer refers to it.
    own_message_id = models.CharField(max_length=255, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)  # its Date, in UTC
    from_address = models.CharField(max_length=320, blank=True)
    to_addresses = models.JSONField(default=list, blank=True)
    cc_addresses = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)  # what the writer wrote; the quoted text is gone
    # Of a bounce: [{"address", "status", "verdict", "reason", "diagnostic"}], one a recipient.
    recipients = models.JSONField(default=list, blank=True)

    # As it came, for a set time (INBOUND_RAW_DAYS); None afterwards and for a provider's event.
    raw = models.BinaryField(null=True, blank=True)
    raw_since = models.DateTimeField(null=True, blank=True)  # business time

    # The mail of ours that it speaks of; None: unmatched.
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="answers"
    )
    # Whose it is; of an unmatched mail the lead with the sender's address: a guess, for people.
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, null=True, blank=True, related_name="answers"
    )
    state = models.CharField(max_length=9, choices=State)
    # What it did, in words for the marketer.
    outcome = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # by a person here; business time
    settled_at = models.DateTimeField(null=True, blank=True)  # business time
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # What a person says that the writer wants; "": what the machine has read (`intent`) stands.
    intent_by_person = models.CharField(max_length=14, choices=_choices(Intent), blank=True)
    intent_set_at = models.DateTimeField(null=True, blank=True)  # business time
    intent_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # The person's word where there is one.
    intent_now = models.GeneratedField(
        expression=Case(When(intent_by_person="", then=F("intent")), default=F("intent_by_person")),
        output_field=models.CharField(max_length=14, choices=_choices(Intent)),
        db_persist=True,
    )
    is_unread = models.GeneratedField(
        expression=IsNull(F("read_at"), True), output_field=models.BooleanField(), db_persist=True
    )
    # What the search box of the inbox looks through.
    search_words = models.GeneratedField(
        expression=_SEARCHED_WORDS, output_field=SearchVectorField(), db_persist=True
    )

    objects = InboundMailQuerySet.as_manager()

    if TYPE_CHECKING:
        mailbox_id: int | None
        message_id: int | None
        lead_id: int | None

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            # receiving: each mail takes effect once, whoever brings it and how often.
            models.UniqueConstraint(fields=["source", "source_key"], name="inbound_once_by_source"),
            models.UniqueConstraint(fields=["fingerprint"], name="inbound_once"),
            models.CheckConstraint(
                name="inbound_unmatched_has_no_message",
                condition=~Q(state="unmatched") | Q(message=None),
            ),
        ]
        indexes = [
            # The inbox, unread first; how many are unread.
            models.Index(
                fields=["-is_unread", "-received_at", "-id"],
                name="inbound_inbox",
                condition=_FOR_MARKETERS,
            ),
            # The search box of the inbox.
            GinIndex(fields=["search_words"], name="inbound_search"),
            # The queue for people.
            models.Index(fields=["state", "kind", "-received_at"], name="inbound_by_state"),
            # copies: has it come before, worded otherwise?
            models.Index(
                fields=["own_message_id"],
                name="inbound_own_message_id",
                condition=~Q(own_message_id=""),
            ),
            # purging: what is kept too long.
            models.Index(
                fields=["raw_since"],
                name="inbound_raw_since",
                condition=Q(raw_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.from_address or 'nobody'}"

    @property
    def is_answerable(self) -> bool:
        """Whether somebody, or a machine that may be answered, stands behind the sender."""
        return self.kind not in (Kind.BOUNCE, Kind.COMPLAINT)

    @property
    def can_be_tied(self) -> bool:
        """Whether it took no effect, and a person may say on what it shall; settled or not."""
        return self.message_id is None and self.state in (self.State.UNMATCHED, self.State.SETTLED)

    @property
    def is_own(self) -> bool:
        """Somebody here wrote it in the conversation, in a mail program; it had no effect."""
        return self.state == self.State.IGNORED and self.message_id is not None
