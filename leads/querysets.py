"""Chainable adjectives for leads: each returns a queryset and runs nothing. `change` writes."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from leads.accents import without_accents


class LeadQuerySet(QuerySet[Any]):
    def present(self) -> LeadQuerySet:
        """Not deleted."""
        return self.filter(deleted_at=None)

    def mailable(self) -> LeadQuerySet:
        """Present, active and not stopped. Says nothing of the suppression list."""
        return self.filter(self.model.MAILABLE)

    def unmailable(self) -> LeadQuerySet:
        return self.exclude(self.model.MAILABLE)

    def in_locking_order(self) -> LeadQuerySet:
        """Locked until the transaction ends, in the order of their addresses: whoever locks
        many leads does so in this order, imports too, so that nobody waits in a circle."""
        return self.order_by("email").select_for_update(no_key=True)

    def change(self, **values: object) -> int:
        """Update these leads, locked in the order of their addresses; answer how many.

        The domain is named, as it is: where an UPDATE names nothing that a computed column is
        computed from, PostgreSQL 18 reads the definitions of all computed columns again for
        every row, and keeps that memory until it is done: 28 kB a lead.
        """
        in_order = self.in_locking_order().values("pk")
        found = self.model.objects.filter(pk__in=in_order)
        return int(found.update(domain=F("domain"), **values))

    def suppressed(self) -> LeadQuerySet:
        """Whose address or whole e-mail domain is on the suppression list."""
        return self.filter(self._on_suppression_list())

    def not_suppressed(self) -> LeadQuerySet:
        return self.filter(~self._on_suppression_list())

    def search(self, words: str) -> LeadQuerySet:
        """Leads in which every word of `words` begins some word of address, name or company;
        accents make no difference.

        Signs alone (`???`) find nobody: who asks for nonsense must not get everybody.
        """
        if not words.strip():
            return self
        # As `Lead.search_words` divides them.
        terms = re.findall(r"[^\W_]+", without_accents(words))
        if not terms:
            return self.none()
        query = SearchQuery(
            " & ".join(f"{term}:*" for term in terms), config="simple", search_type="raw"
        )
        return self.filter(search_words=query)

    @staticmethod
    def _on_suppression_list() -> Exists:
        from leads.models import Suppression

        return Exists(
            Suppression.objects.filter(
                Q(scope=Suppression.Scope.ADDRESS, value=OuterRef("email"))
                | Q(scope=Suppression.Scope.DOMAIN, value=OuterRef("email_domain"))
            )
        )


class SuppressionQuerySet(QuerySet[Any]):
    def covering(self, addresses: list[str]) -> SuppressionQuerySet:
        """Entries that stop mail to any of these normalised addresses."""
        from leads.models import Suppression

        domains = {address.rpartition("@")[2] for address in addresses}
        keys = [*addresses, *map(Suppression.erased_value, addresses)]
        return self.filter(
            Q(scope=Suppression.Scope.ADDRESS, value__in=keys)
            | Q(scope=Suppression.Scope.DOMAIN, value__in=domains)
        )
