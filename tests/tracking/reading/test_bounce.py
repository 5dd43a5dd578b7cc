from __future__ import annotations

import pytest

from tests.tracking.reading.mails import (
    ALIAS,
    OUR_ID,
    RECIPIENT,
    RETURNED,
    dsn,
    group,
    mail,
    prose_bounce,
    reply,
)
from tracking.reading import Kind, Reason, Verdict, read_mail

POSTFIX = f"""\
This is the mail system at host mx.punthelder-seo.nl.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<{RECIPIENT}>: host mx.hotel-zon.nl[192.0.2.9] said: 550 5.1.1
    <{RECIPIENT}>: Recipient address rejected: User unknown in
    virtual mailbox table (in reply to RCPT TO command)
"""
QMAIL = f"""\
Hi. This is the qmail-send program at mx.hotel-zon.nl.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{RECIPIENT}>:
192.0.2.9 does not like recipient.
Remote host said: 550 No such user here
Giving up on 192.0.2.9.

--- Below this line is a copy of the message.

{RETURNED}
Deze mail bestaat niet uit spam; de mailbox is vol.
"""
EXIM = f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {RECIPIENT}
    host mx.hotel-zon.nl [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<{RECIPIENT}>:
    550 5.7.1 Mail from this server is blocked, see the blacklist

------ This is a copy of the message, including all the headers. ------

{RETURNED}
"""
SENDMAIL = f"""\
The original message was received at Mon, 3 Aug 2026 09:12:00 +0200
from mail.punthelder-seo.nl [192.0.2.7]

   ----- The following addresses had permanent fatal errors -----
<{RECIPIENT}>
    (reason: 553 SPF fail)

   ----- Transcript of session follows -----
... while talking to mx.hotel-zon.nl.:
>>> DATA
<<< 553 SPF fail
550 5.1.1 <{RECIPIENT}>... User unknown
"""
DUTCH = f"""\
Uw bericht kon niet worden afgeleverd aan de volgende ontvanger:

  {RECIPIENT}

Reden: deze gebruiker bestaat niet.
"""
GERMAN = f"""\
Ihre Nachricht konnte nicht zugestellt werden an:

  {RECIPIENT}

Grund: Empfänger unbekannt
"""
FRENCH = f"""\
Votre message n'a pas pu être remis au destinataire suivant :

  {RECIPIENT}

Motif : la boîte est pleine
"""


@pytest.mark.parametrize(
    ("raw", "reason", "verdict"),
    [
        (prose_bounce(POSTFIX), "unknown_user", "hard"),
        (prose_bounce(QMAIL, subject="failure notice"), "unknown_user", "hard"),
        (prose_bounce(EXIM, subject="Mail delivery failed"), "blocked", "sender_problem"),
        (prose_bounce(SENDMAIL, subject="Returned mail: see transcript"), "auth", "sender_problem"),
        (prose_bounce(DUTCH, subject="Onbestelbaar: Vindbaarheid"), "unknown_user", "hard"),
        (prose_bounce(GERMAN, subject="Unzustellbar: Vindbaarheid"), "unknown_user", "hard"),
        (prose_bounce(FRENCH, subject="Non remis : Vindbaarheid"), "mailbox_full", "soft"),
    ],
    ids=["Postfix", "qmail", "Exim", "sendmail", "Dutch", "German", "French"],
)
def test_servers_that_write_prose_are_understood(raw, reason, verdict):
    read = read_mail(raw)
    assert read.kind is Kind.BOUNCE
    (recipient,) = read.recipients
    assert recipient.address == RECIPIENT
    assert (recipient.reason.value, recipient.verdict.value) == (reason, verdict)


def test_the_mail_that_came_back_names_ours():
    read = read_mail(prose_bounce(QMAIL, subject="failure notice"))
    assert read.references.returned == (OUR_ID,)
    read = read_mail(dsn(group()))
    assert read.references.message_ids == (OUR_ID,)


def test_each_recipient_of_a_report_is_read_by_itself():
    read = read_mail(
        dsn(
            group("a@hotel-zon.nl"),
            group("b@hotel-zon.nl", status="5.2.2", diagnostic="smtp; 552 5.2.2 over quota"),
            group("c@hotel-zon.nl", action="delayed", status="4.4.1", diagnostic=""),
            group("d@hotel-zon.nl", action="delivered", status="2.0.0", diagnostic=""),
            group("e@hotel-zon.nl", status="5.7.1", diagnostic="smtp; 550 5.7.1 looks like spam"),
        )
    )
    assert read.kind is Kind.BOUNCE
    assert [(r.address[0], r.action, r.verdict.value) for r in read.recipients] == [
        ("a", "failed", "hard"),
        ("b", "failed", "soft"),
        ("c", "delayed", "soft"),
        ("d", "delivered", "soft"),
        ("e", "failed", "sender_problem"),
    ]


def test_the_address_is_the_one_that_we_wrote_to():
    read = read_mail(dsn(group("jan@privé.nl", original=RECIPIENT)))
    assert [r.address for r in read.recipients] == [RECIPIENT]
    assert [r.final_address for r in read.recipients] == ["jan@privé.nl"]


def test_a_report_without_words_is_taken_by_its_code():
    (recipient,) = read_mail(dsn(group(status="5.1.2", diagnostic=""))).recipients
    assert (recipient.reason, recipient.status) == (Reason.UNKNOWN_HOST, "5.1.2")


def test_a_report_whose_code_says_nothing_is_taken_by_its_prose():
    text = f"Failed to deliver to <{RECIPIENT}>: account is full (quota exceeded)"
    (recipient,) = read_mail(dsn(group(status="5.0.0", diagnostic=""), text=text)).recipients
    assert recipient.reason is Reason.MAILBOX_FULL


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_only_a_failure_is_a_bounce(action):
    read = read_mail(dsn(group(action=action, status="4.4.4", diagnostic="smtp; host unknown")))
    assert read.kind is Kind.OTHER
    assert [r.verdict for r in read.recipients] == [Verdict.SOFT]


def test_a_warning_in_prose_is_no_bounce():
    text = (
        "A message that you sent has not yet been delivered to one or more of its recipients\n"
        f"after 2 days. The address is:\n\n  {RECIPIENT}\n\n"
        "No action is required on your part. Delivery attempts will continue for some time."
    )
    assert read_mail(prose_bounce(text, subject="Warning: message delayed")).kind is Kind.OTHER


def test_a_refusal_that_asks_for_proof_of_a_person_is_a_challenge():
    raw = dsn(group(status="4.7.0", diagnostic="X-Notice; Sender not pre-approved. See above"))
    read = read_mail(raw)
    assert (read.kind, read.auto_reply.value) == (Kind.AUTO_REPLY, "challenge")


NO_BOUNCES = {
    "forwarded by a person": mail(
        "Kijk, dit kreeg ik terug:\n\n" + POSTFIX,
        sender="Jan <jan@bureau.nl>",
        subject="Fwd: Undelivered Mail Returned to Sender",
    ),
    "asked about by a person": reply(
        "Uw vorige mail kon niet worden afgeleverd bij mijn collega, user unknown. Klopt het adres?"
    ),
    "answered by a person": mail(
        "Wat is dit?\n\n> <receptie@hotel-zon.nl>: 550 5.1.1 User unknown",
        sender="Jan <jan@bureau.nl>",
        subject="Re: Undelivered Mail Returned to Sender",
    ),
    "a newsletter about bounces": mail(
        "Delivery failed? Ten tips on permanent errors and how to lower your bounce rate.",
        sender="News <news@mailtips.com>",
        subject="How to read an undeliverable mail",
        headers="List-Unsubscribe: <https://mailtips.com/u>\nList-Id: <news.mailtips.com>\n",
    ),
    "a parcel": mail(
        "Delivery failed: we could not deliver a parcel to the following address: Dorpsstraat 1.",
        sender="Parcels <noreply@parcels.com>",
        subject="Delivery failed",
        headers="Auto-Submitted: auto-generated\n",
    ),
    "answered from a small firm's postmaster": reply(
        "Ik kon uw bijlage niet openen, er is een probleem. Stuur hem nog eens.",
        sender="Jan <postmaster@hotel-zon.nl>",
    ),
    "left, with another address": mail(
        "I no longer work here and did not receive your mail. Please use the following address: "
        "piet@hotel-zon.nl. Your message was not delivered to anybody.",
        subject="I have left",
        headers="Auto-Submitted: auto-replied\nReturn-Path: <>\n",
    ),
    "attached by a person": mail(
        "--x\nContent-Type: text/plain\n\nZie bijlage.\n--x\nContent-Type: message/rfc822\n\n"
        + dsn(group()).decode()
        + "\n--x--\n",
        sender="Jan <jan@bureau.nl>",
        subject="Wat is dit?",
        content_type='multipart/mixed; boundary="x"',
    ),
    "an absence notice from nobody": mail(
        "I am out of the office until 17 August. Your mail will not be forwarded.",
        subject="Out of office",
        headers="Return-Path: <>\nAuto-Submitted: auto-replied\n",
    ),
}


@pytest.mark.parametrize("raw", NO_BOUNCES.values(), ids=NO_BOUNCES.keys())
def test_what_is_no_bounce_is_never_one(raw):
    read = read_mail(raw)
    assert read.kind is not Kind.BOUNCE
    assert [r for r in read.recipients if r.verdict is Verdict.HARD] == []


def test_the_own_address_is_never_the_one_that_failed():
    text = f"Your message from {ALIAS} could not be delivered.\n\nUser unknown"
    (recipient,) = read_mail(
        prose_bounce(f"{text}\n\n--- Original message ---\n{RETURNED}")
    ).recipients
    assert recipient.address == RECIPIENT


def test_a_gateway_that_wraps_a_report_hides_nothing():
    raw = mail(
        "--x\nContent-Type: message/rfc822\n\n" + dsn(group()).decode() + "\n--x--\n",
        sender="postmaster@hotel-zon.nl",
        subject="Delivery Status Notification (Failure)",
        content_type='multipart/mixed; boundary="x"',
    )
    read = read_mail(raw)
    assert read.kind is Kind.BOUNCE
    assert [r.verdict for r in read.recipients] == [Verdict.HARD]
    assert read.references.message_ids[0] == OUR_ID


def test_a_report_whose_mime_got_lost_is_still_read():
    raw = dsn(group()).replace(b"multipart/report; report-type=delivery-status;", b"text/plain;")
    read = read_mail(raw)
    assert [(r.address, r.verdict) for r in read.recipients] == [(RECIPIENT, Verdict.HARD)]
