"""Messages that are about to be composed, and what their mails point to."""

from __future__ import annotations

import re
from html import unescape

from campaigns.composing import compose
from campaigns.kept_content import keep
from campaigns.mail import ComposedMail
from campaigns.models import Message
from campaigns.outgoing import Outgoing
from tests.factories import FlowStepFactory, MessageFactory, TemplateFactory
from tests.factories.campaigns import MONDAY

LINKS = (
    '<p>{{ company }} <a href="https://a.nl/?x=1&amp;y=2">A</a> <a href="https://b.nl">B</a></p>'
)
PUBLIC = "https://mail.example"


def message(html: str = LINKS, subject: str = "Vraag voor {{ company }}", **fields) -> Message:
    """Due now, from christian@punthelder.nl to Hotel Zon."""
    text = fields.pop("text", "")
    template = TemplateFactory(version__html=html, version__subject=subject, version__text=text)
    known = {
        "step": FlowStepFactory(template=template, attach_report=fields.pop("report", False)),
        "enrollment__domain__name": "punthelder.nl",
        "enrollment__lead__company": "Hotel Zon",
        "enrollment__lead__email": "info@zon.example",
        "smtp_message_id": "m1@punthelder.nl",
    }
    return MessageFactory(**(known | fields))


def follow_up(
    first: Message, html: str = LINKS, subject: str = "Vraag voor {{ company }}"
) -> Message:
    template = TemplateFactory(version__html=html, version__subject=subject)
    number = first.mail_number + 1
    step = FlowStepFactory(
        version=first.campaign.flow_version, mail_number=number, template=template
    )
    return MessageFactory(
        enrollment=first.enrollment,
        step=step,
        mail_number=number,
        smtp_message_id=f"m{number}@punthelder.nl",
    )


def sent(one: Message) -> Message:
    """As if it had been composed and taken by a server."""
    keep({one.pk: compose(one)})
    Message.objects.filter(pk=one.pk).update(status=Message.Status.SENT, sent_at=MONDAY)
    return Message.objects.get(pk=one.pk)


def links(mail: ComposedMail) -> list[str]:
    return [unescape(url) for url in re.findall(r'<a [^>]*href="([^"]+)"', mail.html)]


def path(url: str) -> str:
    assert url.startswith(f"{PUBLIC}/")
    return url.removeprefix(PUBLIC)


def for_composing(pk: int) -> Message:
    return Outgoing().read([pk])[pk]
