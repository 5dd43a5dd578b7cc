"""Chainable adjectives for what came back: each returns a queryset and runs nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, QuerySet

from leads.accents import without_accents
from leads.models import Lead


class InboundMailQuerySet(QuerySet[Any]):
    def for_marketers(self) -> InboundMailQuerySet:
        """The inbox: what people wrote, and those answers of machines that ask for a person."""
        return self.filter(self.model.FOR_MARKETERS)

    def by_machines(self) -> InboundMailQuerySet:
        """Answers of machines that ask for nobody: out of office, confirmations."""
        answers = self.filter(message__isnull=False, kind="auto_reply")
        return answers.exclude(self.model.FOR_MARKETERS).exclude(state=self.model.State.IGNORED)

    def own(self) -> InboundMailQuerySet:
        """What people here wrote in a conversation, in a mail program of their own."""
        return self.filter(message__isnull=False, state=self.model.State.IGNORED)

    def unmatched(self) -> InboundMailQuerySet:
        return self.filter(state=self.model.State.UNMATCHED)

    def to_review(self) -> InboundMailQuerySet:
        """Of any kind: what took effect as far as it could, and asks a person something."""
        return self.filter(state=self.model.State.TO_REVIEW)

    def count_waiting(self) -> Counter[str]:
        """State → how many wait for a person in it. Unlike the others, this asks at once."""
        waiting = self.filter(state__in=self.model.WAITING).order_by()
        return Counter(dict(waiting.values_list("state").annotate(Count("pk"))))

    def returned(self) -> InboundMailQuerySet:
        """Bounces and complaints."""
        return self.filter(kind__in=["bounce", "complaint"])

    def unread_first(self) -> InboundMailQuerySet:
        """Then the newest."""
        return self.order_by("-is_unread", "-received_at", "-id")

    def slim(self) -> InboundMailQuerySet:
        """Without the columns that nobody lists and that are megabytes of a page."""
        return self.defer("raw", "search_words")

    def search(self, words: str) -> InboundMailQuerySet:
        """Mails in which every word of `words` begins some word of sender, subject or text, and
        those of leads that it finds; accents make no difference. Signs alone find nothing."""
        if not words.strip():
            return self
        terms = re.findall(r"[^\W_]+", without_accents(words))
        if not terms:
            return self.none()
        said = SearchQuery(
            " & ".join(f"{term}:*" for term in terms), config="simple", search_type="raw"
        )
        mails = self.model.objects.order_by()
        # Each by its own index; as one condition with OR it would read every mail.
        found = mails.filter(search_words=said).values("pk")
        of_leads = mails.filter(lead__in=Lead.objects.search(words)).values("pk")
        return self.filter(pk__in=found.union(of_leads))
