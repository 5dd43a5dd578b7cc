"""Pages of what comes back."""

from tracking.admin import accounts, hits, inbox, mailboxes, provider_events

__all__ = ["accounts", "hits", "inbox", "mailboxes", "provider_events"]
