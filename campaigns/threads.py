"""A follow-up hangs below the mails before it: headers and subject of a conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from campaigns.models import Message

_REPLY_MARK = re.compile(r"^(?:\s*re\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails of an enrollment that a server took, in order: their Message-IDs without
    brackets, and the first one's subject ("" where it is not kept any more)."""

    message_ids: tuple[str, ...] = ()
    subject: str = ""

    def headers(self) -> dict[str, str]:
        """In-Reply-To names the mail before, References all of them (RFC 5322 §3.6.4)."""
        if not self.message_ids:
            return {}
        ids = [f"<{message_id}>" for message_id in self.message_ids]
        return {"In-Reply-To": ids[-1], "References": " ".join(ids)}

    def subject_of_reply(self, own: str) -> str:
        """“Re: …” where a follow-up has the first mail's subject; its own where it has another.

        Mail clients group by both headers and subject: an author who wants one conversation
        writes the same subject again, and who wants a fresh start writes a new one.
        """
        first = _bare(self.subject)
        return f"Re: {first}" if first and _bare(own).casefold() == first.casefold() else own


def thread_before(message: Message) -> Thread:
    if message.mail_number == 1:
        return Thread()
    before = list(
        Message.objects.accepted()
        .filter(enrollment=message.enrollment_id, mail_number__lt=message.mail_number)
        .order_by("mail_number")
        .values_list("smtp_message_id", "content__subject")
    )
    if not before:
        return Thread()
    return Thread(tuple(message_id for message_id, _ in before), before[0][1] or "")


def _bare(subject: str) -> str:
    return _REPLY_MARK.sub("", subject).strip()
