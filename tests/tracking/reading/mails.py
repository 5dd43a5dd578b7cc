"""Mails for the reader, built as the programs that send such mails word them.

Recipient, server and ids are always the same: `receptie@hotel-zon.nl`, `mx.hotel-zon.nl`, and
the Message-ID of the campaign mail that came back.
"""

from __future__ import annotations

RECIPIENT = "receptie@hotel-zon.nl"
ALIAS = "victor@punthelder-seo.nl"
OUR_ID = "0b6f7c1e-mail-1@punthelder-seo.nl"
MONDAY = "Mon, 03 Aug 2026 09:12:00 +0200"

RETURNED = f"""\
Return-Path: <{ALIAS}>
Received: from mail.punthelder-seo.nl (mail.punthelder-seo.nl [192.0.2.7])
\tby mx.punthelder-seo.nl with ESMTPS id 4Zx1; {MONDAY}
From: Victor <{ALIAS}>
To: {RECIPIENT}
Subject: Vindbaarheid van Hotel Zon
Message-ID: <{OUR_ID}>
X-Campaign-Message-ID: {OUR_ID}
"""


def mail(
    body: str = "",
    *,
    sender: str = f"Receptie <{RECIPIENT}>",
    subject: str = "Re: Vindbaarheid van Hotel Zon",
    content_type: str = "text/plain; charset=utf-8",
    date: str = MONDAY,
    headers: str = "",
) -> bytes:
    """`headers`: further lines, each with its line end."""
    return (
        f"From: {sender}\nTo: {ALIAS}\nSubject: {subject}\nDate: {date}\n"
        f"Message-ID: <theirs@hotel-zon.nl>\nMIME-Version: 1.0\n{headers}"
        f"Content-Type: {content_type}\n\n{body}"
    ).encode()


def reply(body: str, **changes: str) -> bytes:
    return mail(body, **{"headers": f"In-Reply-To: <{OUR_ID}>\n", **changes})


def auto_reply(body: str, subject: str = "Automatisch antwoord: Vindbaarheid") -> bytes:
    return mail(body, subject=subject, headers="Auto-Submitted: auto-replied\n")


def prose_bounce(
    text: str,
    *,
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.hotel-zon.nl>",
    subject: str = "Undelivered Mail Returned to Sender",
    headers: str = "Return-Path: <>\n",
) -> bytes:
    return mail(text, sender=sender, subject=subject, headers=headers)


def dsn(
    *groups: str,
    text: str = "I'm sorry to have to inform you that your message could not be delivered.",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.hotel-zon.nl>",
    subject: str = "Undelivered Mail Returned to Sender",
    returned: str = RETURNED,
) -> bytes:
    """A report by RFC 3464; `groups`: the per-recipient ones."""
    body = "\n".join(
        [
            "--frontier",
            "Content-Type: text/plain; charset=utf-8",
            "",
            text,
            "",
            "--frontier",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.hotel-zon.nl",
            f"Arrival-Date: {MONDAY}",
            "",
            "\n\n".join(group.strip() for group in groups),
            "",
            "--frontier",
            "Content-Type: text/rfc822-headers",
            "",
            returned,
            "--frontier--",
            "",
        ]
    )
    return mail(
        body,
        sender=sender,
        subject=subject,
        headers="Return-Path: <>\nAuto-Submitted: auto-replied\n",
        content_type='multipart/report; report-type=delivery-status; boundary="frontier"',
    )


def group(
    address: str = RECIPIENT,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    original: str = "",
) -> str:
    lines = [f"Final-Recipient: rfc822; {address}"]
    lines += [f"Original-Recipient: rfc822;{original}"] if original else []
    lines += [f"Action: {action}", f"Status: {status}"]
    lines += [f"Diagnostic-Code: {diagnostic}"] if diagnostic else []
    return "\n".join(lines)


def complaint(feedback_type: str = "abuse", *, returned: str = RETURNED, fields: str = "") -> bytes:
    """A feedback report by RFC 5965."""
    body = f"""\
--frontier
Content-Type: text/plain

This is an email abuse report for an email message.

--frontier
Content-Type: message/feedback-report

Feedback-Type: {feedback_type}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--frontier
Content-Type: message/rfc822

{returned}
Goedemorgen
--frontier--
"""
    return mail(
        body,
        sender="feedback@provider.nl",
        subject="FW: Vindbaarheid",
        content_type='multipart/report; report-type=feedback-report; boundary="frontier"',
    )
