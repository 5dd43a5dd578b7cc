"""The mails that servers send back, as bytes: what could not be delivered, what is called spam."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from mailsuite.demo.letters import Letter
from mailsuite.demo.oracle import ZONE

_PREAMBLE = """\
This is the mail system at host {host}.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

<{recipient}>: {diagnostic}
"""
_UNKNOWN = "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table"
_FULL = "452 4.2.2 <{}>: Mailbox is full. Message could not be delivered for one day"


def hard_bounce(letter: Letter, at: datetime) -> bytes:
    """Nobody has this address (RFC 3463 X.1.1), says the server that took the mail."""
    return _delivery_report(letter, at, "5.1.1", _UNKNOWN)


def soft_bounce(letter: Letter, at: datetime) -> bytes:
    """The mailbox is full (RFC 3463 X.2.2), and was for as long as the server tried."""
    return _delivery_report(letter, at, "4.2.2", _FULL)


def complaint(letter: Letter, at: datetime) -> bytes:
    """A provider passes on that its user pressed "spam" (RFC 5965 §2), with the whole mail."""
    host = _host(letter)
    report = _report(letter, at, "feedback-report", f"complaints@{host}", "Abuse report")
    report.attach(MIMEText(f"This is an email abuse report for a message received from {host}.\n"))
    fields = {
        "Feedback-Type": "abuse",
        "User-Agent": "FeedbackLoop/1.0",
        "Version": "1",
        "Original-Mail-From": f"<{letter.return_path}>",
        "Original-Rcpt-To": f"<{letter.mail.recipient}>",
        "Arrival-Date": _when(letter.mail.at),
        "Reported-Domain": letter.mail.domain,
    }
    feedback = MIMEBase("message", "feedback-report")
    feedback.set_payload("".join(f"{name}: {value}\n" for name, value in fields.items()))
    report.attach(feedback)
    report.attach(MIMEMessage(message_from_bytes(letter.content)))
    return report.as_bytes()


def _delivery_report(letter: Letter, at: datetime, status: str, words: str) -> bytes:
    """RFC 3464, as Postfix writes it: words, a machine's part, the headers that came."""
    host, recipient = _host(letter), letter.mail.recipient
    diagnostic = words.format(recipient)
    title = "Undelivered Mail Returned to Sender"
    report = _report(letter, at, "delivery-status", f"MAILER-DAEMON@{host}", title)
    report.attach(MIMEText(_PREAMBLE.format(host=host, recipient=recipient, diagnostic=diagnostic)))
    of_message = _fields(("Reporting-MTA", f"dns; {host}"), ("Arrival-Date", _when(letter.mail.at)))
    of_recipient = _fields(
        ("Final-Recipient", f"rfc822; {recipient}"),
        ("Original-Recipient", f"rfc822;{recipient}"),
        ("Action", "failed"),
        ("Status", status),
        ("Diagnostic-Code", f"smtp; {diagnostic}"),
    )
    machines = MIMEBase("message", "delivery-status")
    machines.set_payload([of_message, of_recipient])
    report.attach(machines)
    headers = letter.content.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"
    report.attach(MIMEText(headers.decode("ascii", "replace"), "rfc822-headers"))
    return report.as_bytes()


def _report(letter: Letter, at: datetime, kind: str, sender: str, title: str) -> MIMEMultipart:
    """To the envelope's sender, from none (RFC 5321 §4.5.5)."""
    report = MIMEMultipart("report", report_type=kind)
    report["Return-Path"] = "<>"
    report["From"] = f"Mail Delivery System <{sender}>"
    report["To"] = letter.return_path
    report["Subject"] = title
    report["Date"] = _when(at)
    report["Message-ID"] = f"<{at:%Y%m%d%H%M%S%f}.{kind}@{_host(letter)}>"
    report["Auto-Submitted"] = "auto-replied"
    return report


def _fields(*pairs: tuple[str, str]) -> Message:
    fields = Message()
    for name, value in pairs:
        fields[name] = value
    return fields


def _host(letter: Letter) -> str:
    return f"mx.{letter.mail.recipient.rpartition('@')[2]}"


def _when(at: datetime) -> str:
    return format_datetime(at.astimezone(ZONE))
