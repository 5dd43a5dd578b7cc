"""Reference: django-post-office sends the same mails out of the same database to the same sink.

Its templates and contexts are made of what mailsuite has sent: rendered at delivery, they give
the same subject, HTML and text, with the same links and headers.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from benchmarks.work_process import seconds_together
from campaigns.models import Campaign, MessageContent

# Addresses of ours in a sent mail: each mail has its own.
_OWN_ADDRESS = re.compile(r'(?:href|src)="([^"]+/(?:track/|unsubscribe)[^"]*)"')


def send_all(campaign: Campaign, port: int) -> float:
    """Seconds that `send_queued_mail --processes 2` takes for all mails of a sent campaign."""
    with tempfile.TemporaryDirectory() as folder:
        letters = Path(folder) / "letters.jsonl"
        with letters.open("w") as lines:
            for letter in _letters(campaign):
                lines.write(json.dumps(letter) + "\n")
        return seconds_together(
            [["benchmarks.post_office_process", str(letters)]],
            DJANGO_SETTINGS_MODULE="benchmarks.post_office_settings",
            SINK_PORT=str(port),
        )


def _letters(campaign: Campaign) -> Iterator[dict[str, object]]:
    """First the template, then a letter for each mail of the campaign."""
    contents = (
        MessageContent.objects.filter(message__campaign=campaign)
        .select_related("message__lead")
        .order_by("pk")
    )
    yield _template(contents[0])
    for content in contents.iterator(chunk_size=1000):
        yield {
            "sender": content.sender,
            "recipient": content.message.recipient,
            "headers": {"Message-ID": f"<{content.message.smtp_message_id}>", **content.headers},
            "context": _context(content),
            # What must come out, for the process to compare the first one with.
            "sent": [content.subject, content.text, content.html],
        }


def _context(content: MessageContent) -> dict[str, str]:
    lead = content.message.lead
    addresses = dict.fromkeys(unescape(url) for url in _OWN_ADDRESS.findall(content.html))
    return {
        **{f"address_{place}": url for place, url in enumerate(addresses)},
        "company": lead.company,
        "first_name": lead.first_name,
        "city": lead.city,
        "rooms": lead.vars["kamers"],
    }


def _template(content: MessageContent) -> dict[str, object]:
    """A mail that was sent, turned back into Django's template language."""
    html, text, subject = content.html, content.text, content.subject
    for name, value in _context(content).items():
        variable = f"{{{{ {name} }}}}"
        html = html.replace(value.replace("&", "&amp;"), variable)
        text, subject = text.replace(value, variable), subject.replace(value, variable)
    return {"html": html, "text": f"{{% autoescape off %}}{text}{{% endautoescape %}}",
            "subject": subject}  # fmt: skip
