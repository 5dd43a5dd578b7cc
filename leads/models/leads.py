from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Length, Lower, Now
from django.db.models.lookups import Exact

from leads.accents import ACCENTED, PLAIN
from leads.querysets import LeadQuerySet


def _translated(text: Combinable, letters: str, counterparts: str) -> Func:
    return Func(
        text,
        Value(letters),
        Value(counterparts),
        function="translate",
        output_field=models.TextField(),
    )


_SEARCHED = Concat(
    *[
        part
        for field in ("email", "company", "url", "first_name", "last_name")
        for part in (F(field), Value(" "))
    ],
    output_field=models.TextField(),
)
_SEPARATORS = "@._-/:"
_BLANKS = " " * len(_SEPARATORS)
# Most leads have no letter beyond ASCII. To look for accents all the same would take half of the
# time that importing them does.
_SEARCHED_WORDS = Case(
    When(
        Exact(
            Func(_SEARCHED, function="octet_length", output_field=models.IntegerField()),
            Length(_SEARCHED),
        ),
        then=_translated(_SEARCHED, _SEPARATORS, _BLANKS),
    ),
    default=_translated(
        Func(_SEARCHED, template="normalize(%(expressions)s, NFD)"),
        _SEPARATORS + ACCENTED,
        _BLANKS + PLAIN,
    ),
)


class Lead(models.Model):
    """A person who may be mailed. One row an address, kept when deleted: the row remembers
    that the address was stopped, bounced or opted out, so that no import revives it."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUPPRESSED = "suppressed"  # opted out, complained, or put on the suppression list
        BOUNCED = "bounced"  # the address does not exist

    MAILABLE = Q(status=Status.ACTIVE, stopped_at=None, deleted_at=None)

    # Normalised: lower case, domain in ASCII (leads.addresses).
    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=500, blank=True)
    # The host of `url` without "www.": what "one lead per web domain" means.
    domain = models.CharField(max_length=253, blank=True)
    domain_tld = models.GeneratedField(
        expression=Func(F("domain"), Value("[^.]+$"), function="substring"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    email_domain = models.GeneratedField(
        expression=Func(F("email"), Value("@"), Value(2), function="split_part"),
        output_field=models.TextField(),
        db_persist=True,
    )
    # What the search box looks through, as words: "info@hotel-zon.nl" is info, hotel, zon, nl.
    # Accents make no difference (leads.accents).
    # Words and not trigrams, because pg_trgm is not in every PostgreSQL that we run on.
    search_words = models.GeneratedField(
        expression=Func(
            Value("simple"),
            _SEARCHED_WORDS,
            function="to_tsvector",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    list_name = models.CharField(max_length=100, blank=True)
    # How the lead came to be known, as the marketer words it ("Beurs Utrecht 2026").
    source = models.CharField(max_length=100, blank=True)
    tier = models.CharField(max_length=50, blank=True)
    stage = models.CharField(max_length=50, blank=True)
    score = models.IntegerField(default=0)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    # Columns of the import that are no field of a lead: name → text.
    vars = models.JSONField(default=dict, blank=True)
    # The key of the lead's picture; the asset may be uploaded later than the lead.
    image_key = models.CharField(max_length=200, blank=True)

    stopped_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    last_emailed_at = models.DateTimeField(null=True, blank=True)
    # Computed so that a mail that was sent changes what something is computed from. An UPDATE that
    # does not makes PostgreSQL 18 read the definitions of all computed columns for every row.
    was_emailed = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(last_emailed_at__isnull=False), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            # Not `unique=True`: that makes a second index, for LIKE, which nobody reads.
            models.UniqueConstraint(fields=["email"], name="lead_email_once"),
            models.CheckConstraint(
                name="lead_email_is_lower_case",
                condition=Q(email=Lower("email")),
            ),
        ]
        indexes = [
            # The lists of the API and the admin: newest first, within a list, by status.
            models.Index(
                fields=["-created_at", "-id"],
                name="lead_newest",
                condition=Q(deleted_at=None),
            ),
            models.Index(
                fields=["list_name", "-created_at", "-id"],
                name="lead_by_list",
                condition=Q(deleted_at=None),
            ),
            # The list of the API by company, by score, and by who was mailed last.
            models.Index(
                fields=["company", "id"], name="lead_by_company", condition=Q(deleted_at=None)
            ),
            models.Index(
                fields=["score", "id"], name="lead_by_score", condition=Q(deleted_at=None)
            ),
            models.Index(
                F("last_emailed_at").desc(nulls_last=True),
                F("id").desc(),
                name="lead_by_last_mail",
                condition=Q(deleted_at=None),
            ),
            # The audience's web-domain filter (domain_tld) and the suppression of a domain.
            models.Index(fields=["domain_tld"], name="lead_domain_tld"),
            models.Index(fields=["email_domain"], name="lead_email_domain"),
            # dispatch.release_unmailable(): the few that must get nothing more.
            models.Index(
                fields=["id"],
                name="lead_unmailable",
                condition=~Q(status="active") | ~Q(stopped_at=None) | ~Q(deleted_at=None),
            ),
            GinIndex(fields=["tags"], name="lead_tags"),
            # The filter has_var.
            GinIndex(fields=["vars"], name="lead_vars"),
            # The search box (LeadQuerySet.search).
            GinIndex(fields=["search_words"], name="lead_search"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_mailable(self) -> bool:
        return (
            self.status == self.Status.ACTIVE
            and self.stopped_at is None
            and self.deleted_at is None
        )
