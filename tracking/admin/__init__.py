"""Pages of what comes back."""

from tracking.admin import accounts, hits, mailboxes, provider_events

__all__ = ["accounts", "hits", "mailboxes", "provider_events"]
