"""ComposedMail → the bytes that go over the wire (RFC 5322, RFC 2045–2047, RFC 2387)."""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from typing import Any, cast

from campaigns.mail import ComposedMail


class VerbatimHeader(UnstructuredHeader):
    """A header of long ASCII tokens, folded between them and never inside one.

    The standard policy turns a token longer than a line into RFC 2047 encoded words. In
    List-Unsubscribe that hides the address from every mail client: one-click is gone.
    """

    name: str

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"] = cls.value_parser("")
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        separator = f"{policy.linesep} "
        return f"{self.name}: {separator.join(str(self).split(' '))}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-unsubscribe-post", "list-id", "in-reply-to",
                 "references", "message-id", "x-campaign-message-id"):  # fmt: skip
        registry.map_to_type(name, cast("type[BaseHeader]", VerbatimHeader))
    return SMTP.clone(header_factory=registry)


WIRE = _policy()
_VERBATIM = HeaderRegistry(default_class=cast(Any, VerbatimHeader), use_default_map=False)


def as_bytes(mail: ComposedMail, date: datetime) -> bytes:
    """The whole message with CRLF line ends; `date` becomes its Date header."""
    return as_message(mail, date).as_bytes()


def as_message(mail: ComposedMail, date: datetime) -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["Date"] = format_datetime(date)
    message["From"] = _sender(mail)
    message["To"] = Address(addr_spec=mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.message_id}>"
    for name, value in mail.headers.items():
        message[name] = value
    # Quoted-printable: 7 bits on every road, and a line is never longer than SMTP allows.
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        _put_pictures_beside_html(message, mail)
    for attachment in mail.attachments:
        message.add_attachment(
            attachment.content,
            **_media_type(attachment.content_type),
            filename=attachment.filename,
        )
    return message


def _sender(mail: ComposedMail) -> Address | BaseHeader:
    """Name and address. A name beyond ASCII is encoded here (RFC 2047 §5), as the standard policy
    loses blanks of names that also hold punctuation: “Zoë (Punthelder)”."""
    if mail.sender_name.isascii():
        return Address(mail.sender_name, addr_spec=mail.sender_address)
    words = Header(mail.sender_name, "utf-8", header_name="From").encode().split()
    return _VERBATIM("From", " ".join([*words, f"<{mail.sender_address}>"]))


def _put_pictures_beside_html(message: EmailMessage, mail: ComposedMail) -> None:
    """multipart/related around the HTML (RFC 2387), so that no client lists the pictures as
    attachments; Django's own mail class would put them into multipart/mixed."""
    html = cast(list[EmailMessage], message.get_payload())[1]
    for image in mail.inline_images:
        html.add_related(
            image.content,
            **_media_type(image.content_type),
            cid=f"<{image.content_id}>",
            filename=image.filename,
            disposition="inline",
        )


def _media_type(content_type: str) -> dict[str, Any]:
    maintype, _, subtype = content_type.partition("/")
    return {"maintype": maintype, "subtype": subtype or "octet-stream"}
