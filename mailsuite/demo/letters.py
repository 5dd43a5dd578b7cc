"""A mail as its recipient's program reads it: who it is from, its picture, its links, its way out.

Reads the bytes that came over the wire and nothing else. That a path of ours is a pixel is known
here by its name; a person knows it by what they see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

from mailsuite.demo.journal import AcceptedMail

_WEB_ADDRESS = re.compile(r"<(https?://[^>]+)>")
_MAIL_ADDRESS = re.compile(r"<(mailto:[^>]+)>")


@dataclass(frozen=True, slots=True)
class Letter:
    """`one_click` is the opt-out address of the header, `opt_out_mail` the recipient and the
    subject of the mail that opts out as well, `opt_out` the link that people see.

    `content` is the mail as it came over the wire, `return_path` the envelope's sender,
    `answer_to` where an answer goes, `text` what a reader without HTML sees.
    """

    mail: AcceptedMail
    content: bytes
    return_path: str
    sender: str
    answer_to: str
    references: tuple[str, ...]
    text: str
    pixel: str
    links: tuple[str, ...]
    one_click: str
    opt_out_mail: tuple[str, str]
    opt_out: str


def read_letter(content: bytes, return_path: str, recipient: str, at: datetime) -> Letter:
    """Raises KeyError for a mail that lacks a header which every campaign mail must have."""
    message = message_from_bytes(content, policy=policy.default)
    for name in ("Message-ID", "X-Campaign-Message-ID", "List-Unsubscribe", "Subject"):
        if name not in message:
            raise KeyError(f"The mail to {recipient} has no header {name}.")
    _, sender = parseaddr(str(message["From"]))
    references = tuple(str(message.get("References", "")).split())
    mail = AcceptedMail(
        at=at,
        message_id=str(message["Message-ID"]).strip("<> "),
        campaign_message_id=str(message["X-Campaign-Message-ID"]).strip("<> "),
        number=len(references) + 1,
        recipient=recipient.lower(),
        domain=sender.rpartition("@")[2],
        subject=str(message["Subject"]),
    )
    page = Page.of(_html(message))
    one_click = _WEB_ADDRESS.search(str(message["List-Unsubscribe"]))
    return Letter(
        mail=mail,
        content=content,
        return_path=return_path,
        sender=str(message["From"]),
        answer_to=str(message.get("Reply-To") or message["From"]),
        references=references,
        text=_text(message),
        pixel=_first(page.pictures, "/track/open.gif"),
        links=tuple(url for url in page.links if urlsplit(url).path == "/track/click"),
        one_click=one_click[1] if one_click else "",
        opt_out_mail=_mail_to(str(message["List-Unsubscribe"])),
        opt_out=_first(page.links, "/unsubscribe"),
    )


class Page(HTMLParser):
    """What a browser finds in HTML: pictures, links, and the hidden fields of its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.fields: dict[str, str] = {}

    @classmethod
    def of(cls, html: str) -> Page:
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.pictures.append(values.get("src", ""))
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "input" and "name" in values:
            self.fields[values["name"]] = values.get("value", "")


def _html(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("html",))
    return "" if part is None else str(part.get_content())


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    return "" if part is None else "\n".join(str(part.get_content()).splitlines())


def _mail_to(header: str) -> tuple[str, str]:
    """RFC 6068 §2: the address and the subject."""
    found = _MAIL_ADDRESS.search(header)
    parts = urlsplit(found[1] if found else "")
    return unquote(parts.path), parse_qs(parts.query).get("subject", [""])[0]


def _first(addresses: list[str], path: str) -> str:
    return next((url for url in addresses if urlsplit(url).path == path), "")
