"""A reply of ours → the mail that leaves: the words, the alias's signature, the quoted mail that it
answers; no pixel, no counted links, no opt-out link. It is a letter of one person to another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.mail import ComposedMail
from templates_app.sanitising import clean_fragment
from templates_app.text_part import text_from_html
from tracking.inbox.quoting import Quote, quoted
from tracking.models import InboundMail, OutboundReply

# A clock that is set wrong by a zone's hours is still a clock.
_AHEAD = timedelta(days=1)
# Before that nobody wrote e-mail; it is what a clock says that was never set.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def composed(reply: OutboundReply) -> ComposedMail:
    """With the Message-ID that the reply has from its beginning. Raises CannotComposeError."""
    alias = reply.alias
    signature = clean_fragment(reply.signature_html)
    quote = _quote(reply)
    return ComposedMail(
        message_id=reply.smtp_message_id,
        sender_name=" ".join(alias.sender_name.split()),
        sender_address=alias.address,
        reply_to=alias.reply_to,
        recipient=reply.recipient,
        cc=tuple(reply.cc),
        subject=reply.subject,
        html=_html(reply.text, signature, quote),
        text=_text(reply.text, signature, quote),
        headers=_headers(reply),
    )


def _headers(reply: OutboundReply) -> dict[str, str]:
    if not reply.in_reply_to:
        return {}
    references = " ".join(f"<{one}>" for one in reply.references.split())
    return {"In-Reply-To": f"<{reply.in_reply_to}>", "References": references}


def _quote(reply: OutboundReply) -> Quote | None:
    """Only what its writer wrote: what stood below it is our own mail, with a link that opts the
    lead out, and nothing for those in Cc."""
    inbound, message = reply.inbound, reply.message
    is_the_lead = inbound.from_address == message.lead.email
    return quoted(
        inbound.text,
        name=message.lead.full_name if is_the_lead else "",
        address=inbound.from_address,
        written_at=_written_at(inbound).astimezone(reply.alias.domain.policy.zone),
    )


def _written_at(inbound: InboundMail) -> datetime:
    """Its Date, unless that can't be: the writer's program may say any, up to years that no other
    time zone has any more."""
    said, received_at = inbound.written_at, inbound.received_at
    return said if said and _EARLIEST <= said <= received_at + _AHEAD else received_at


def _text(words: str, signature: str, quote: Quote | None) -> str:
    pieces = [words]
    if signature:
        # Below “-- ” mail programs fold everything away (RFC 3676 §4.3), a quote too.
        mark = "" if quote else "-- \n"
        pieces.append(f"{mark}{text_from_html(signature)}")
    if quote:
        pieces.append(quote.text)
    return "\n\n".join(pieces) + "\n"


def _html(words: str, signature: str, quote: Quote | None) -> str:
    paragraphs = [
        format_html("<p>{}</p>", _lines(one)) for one in words.split("\n\n") if one.strip("\n")
    ]
    return "".join([*paragraphs, signature, quote.html if quote else ""])


def _lines(paragraph: str) -> SafeString:
    lines = ((line,) for line in paragraph.strip("\n").split("\n"))
    return format_html_join(SafeString("<br>"), "{}", lines)
