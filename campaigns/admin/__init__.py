"""The admin pages of campaigns, their flows, their mails and what sends them."""

from campaigns.admin import campaigns, domains, flows, ledger, messages, outcomes, senders

__all__ = ["campaigns", "domains", "flows", "ledger", "messages", "outcomes", "senders"]
