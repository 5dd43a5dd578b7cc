"""Pages of what comes back."""

from tracking.admin import hits, mailboxes

__all__ = ["hits", "mailboxes"]
