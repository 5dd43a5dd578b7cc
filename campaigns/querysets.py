"""Chainable adjectives for campaigns, enrollments and messages. They run nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet


class CampaignQuerySet(QuerySet[Any]):
    def running(self) -> CampaignQuerySet:
        return self.filter(status=self.model.Status.RUNNING)

    def holding_domains(self) -> CampaignQuerySet:
        """Running or paused: their domains are busy."""
        return self.filter(status__in=self.model.HOLDING)


class EnrollmentQuerySet(QuerySet[Any]):
    def active(self) -> EnrollmentQuerySet:
        return self.filter(status=self.model.Status.ACTIVE)

    def held(self) -> EnrollmentQuerySet:
        """Needs review: a variable is missing."""
        return self.filter(status=self.model.Status.HELD)


class MessageQuerySet(QuerySet[Any]):
    def queued(self) -> MessageQuerySet:
        return self.filter(status=self.model.Status.QUEUED)

    def accepted(self) -> MessageQuerySet:
        """A server took them, whatever came of it later."""
        return self.filter(sent_at__isnull=False)

    def unfinished(self) -> MessageQuerySet:
        """Still to be decided, `unknown` among them."""
        return self.exclude(status__in=self.model.FINAL)

    def due(self, now: datetime) -> MessageQuerySet:
        """Whose slot has come, whose mail before is gone long enough, in a running campaign
        on a domain that sends. In the order in which they must leave."""
        from campaigns.models import Campaign

        return (
            self.queued()
            .filter(
                scheduled_at__lte=now,
                not_before__lte=now,
                campaign__status=Campaign.Status.RUNNING,
                domain__is_active=True,
                domain__paused_at=None,
            )
            .order_by("scheduled_at", "id")
        )

    def by_other_accounts_than(self, account_ids: Collection[int]) -> MessageQuerySet:
        """Those that do not leave by one of these sending accounts."""
        if not account_ids:
            return self
        return self.exclude(alias__account__in=account_ids).exclude(
            alias__account=None, domain__account__in=account_ids
        )
