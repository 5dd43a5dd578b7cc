"""A reply of ours → the mail that leaves: the words, the alias's signature, no pixel, no counted
links, no opt-out link. It is a letter of one person to another."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.mail import ComposedMail
from templates_app.sanitising import clean_fragment
from templates_app.text_part import text_from_html
from tracking.models import OutboundReply


def composed(reply: OutboundReply) -> ComposedMail:
    """With the Message-ID that the reply has from its beginning. Raises CannotComposeError."""
    alias = reply.alias
    signature = clean_fragment(reply.signature_html)
    # Below “-- ” mail programs fold the signature away (RFC 3676 §4.3).
    signed = f"\n\n-- \n{text_from_html(signature)}" if signature else ""
    return ComposedMail(
        message_id=reply.smtp_message_id,
        sender_name=" ".join(alias.sender_name.split()),
        sender_address=alias.address,
        reply_to=alias.reply_to,
        recipient=reply.recipient,
        subject=reply.subject,
        html=_html(reply.text, signature),
        text=f"{reply.text}{signed}\n",
        headers=_headers(reply),
    )


def _headers(reply: OutboundReply) -> dict[str, str]:
    if not reply.in_reply_to:
        return {}
    references = " ".join(f"<{one}>" for one in reply.references.split())
    return {"In-Reply-To": f"<{reply.in_reply_to}>", "References": references}


def _html(words: str, signature: str) -> str:
    paragraphs = [
        format_html("<p>{}</p>", _lines(one)) for one in words.split("\n\n") if one.strip("\n")
    ]
    return "".join([*paragraphs, signature])


def _lines(paragraph: str) -> SafeString:
    lines = ((line,) for line in paragraph.strip("\n").split("\n"))
    return format_html_join(SafeString("<br>"), "{}", lines)
