"""Messages as composing reads them, with what many of them share read once for a whole turn."""

from __future__ import annotations

from collections.abc import Collection

from campaigns.models import Campaign, FlowStep, Message, SenderAlias

# Nothing of a mail is made of these. The words of a lead that the search box finds it by are longer
# than all the rest of it; and a moment takes longer to read than a name.
_NOT_IN_A_MAIL = (
    "lead__search_words", "lead__domain_tld", "lead__email_domain", "lead__status",
    "lead__stopped_at", "lead__deleted_at", "lead__created_at", "lead__updated_at",
    "lead__last_emailed_at", "lead__was_emailed", "lead__tags", "content__created_at",
    "scheduled_at", "not_before", "sent_at", "recipient", "attempt_id", "phase", "lease_until",
    "retries", "error", "opened_at", "machine_opened_at", "clicked_at", "replied_at", "bounced_at",
    "created_at",
)  # fmt: skip


class Outgoing:
    """For one turn of a domain, which ends within a minute: whoever changes an alias, its
    account or a campaign meanwhile is heard from the next turn on, except for all that the gate
    asks again."""

    def __init__(self) -> None:
        self._aliases: dict[int, SenderAlias] = {}
        self._campaigns: dict[int, Campaign] = {}
        self._steps: dict[int, FlowStep] = {}

    def read(self, ids: Collection[int]) -> dict[int, Message]:
        """Id → message, with its lead and what was kept of it, alias, domain, accounts, campaign
        and step."""
        rows = Message.objects.select_related("lead", "content").defer(*_NOT_IN_A_MAIL)
        messages = rows.in_bulk(ids)
        for message in messages.values():
            message.alias = self._alias(message.alias_id)
            message.domain = message.alias.domain
            message.campaign = self._campaign(message.campaign_id)
            message.step = self._step(message.step_id)
        return messages

    def _alias(self, pk: int) -> SenderAlias:
        if pk not in self._aliases:
            aliases = SenderAlias.objects.select_related(
                "account", "domain__account", "domain__policy"
            )
            self._aliases[pk] = aliases.get(pk=pk)
        return self._aliases[pk]

    def _campaign(self, pk: int) -> Campaign:
        if pk not in self._campaigns:
            self._campaigns[pk] = Campaign.objects.get(pk=pk)
        return self._campaigns[pk]

    def _step(self, pk: int) -> FlowStep:
        if pk not in self._steps:
            self._steps[pk] = FlowStep.objects.get(pk=pk)
        return self._steps[pk]
