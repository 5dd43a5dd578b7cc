# ruff: noqa: E501  the lines of others stand as they are
from __future__ import annotations

import pytest

from tracking.reading.diagnosis import asks_for_confirmation, diagnose
from tracking.reading.values import Reason, Verdict

# What servers say, as their software words it; hosts and people are made up.
SAID = [
    # Nobody there
    ("550 5.1.1 <jan@hotel-zon.nl>: Recipient address rejected: User unknown in virtual mailbox table", "", "unknown_user"),
    ("550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser a640c23a62f3a-gsmtp", "5.1.1", "unknown_user"),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jan@hotel-zon.nl not found by SMTP address lookup", "5.1.10", "unknown_user"),
    ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB3EUR04FT014.eop-eur04.prod.protection.outlook.com]", "5.4.1", "unknown_user"),
    ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", "5.5.0", "unknown_user"),
    ("554 delivery error: dd This user doesn't have a yahoo.com account (jan@yahoo.com) [0]", "5.0.0", "unknown_user"),
    ("552 1 Requested mail action aborted, mailbox not found", "", "unknown_user"),
    ("550 #5.1.0 Address rejected.", "5.1.0", "unknown_user"),
    ("550 Unrouteable address", "5.0.0", "unknown_user"),
    ("511 sorry, no mailbox here by that name (#5.1.1 - chkuser)", "5.1.1", "unknown_user"),
    ("550 5.7.1 jan@hotel-zon.nl... User unknown", "5.7.1", "unknown_user"),
    ("550 Requested action not taken: mailbox unavailable", "5.0.0", "unknown_user"),
    ("550 No such user here", "", "unknown_user"),
    ("550 5.1.1 User doesn't exist: jan@hotel-zon.nl", "", "unknown_user"),
    ("550 invalid recipient", "", "unknown_user"),
    ("450 4.1.1 <jan@hotel-zon.nl>: Recipient address rejected: User unknown in local recipient table", "4.1.1", "unknown_user"),
    ("550 5.1.1 Deze gebruiker bestaat niet", "", "unknown_user"),
    ("550 Onbekende ontvanger", "", "unknown_user"),
    ("550 Benutzer unbekannt", "", "unknown_user"),
    ("550 Empfänger existiert nicht", "", "unknown_user"),
    ("550 Adresse d'utilisateur inconnue", "", "unknown_user"),
    ("550 5.1.1 Adresse email inexistante: ce destinataire n'existe pas", "", "unknown_user"),
    ("", "5.1.1", "unknown_user"),
    # No such host
    ("Host or domain name not found. Name service error for name=hotel-zonn.nl type=A: Host not found", "5.4.4", "unknown_host"),
    ("550 Host unknown", "5.1.2", "unknown_host"),
    ("DNS Error: DNS type 'mx' lookup of hotel-zonn.nl responded with code NXDOMAIN Domain name not found: hotel-zonn.nl", "5.1.2", "unknown_host"),
    ("Sorry, I couldn't find any host named hotel-zonn.nl. (#5.1.2)", "", "unknown_host"),
    ("", "5.1.2", "unknown_host"),
    ("551 5.1.6 recipient has moved", "", "moved"),
    ("Domain hotel-zon.nl does not accept mail (nullMX)", "5.1.0", "no_mail_accepted"),
    ("", "5.1.10", "no_mail_accepted"),
    # Not now, or not this mail
    ("552 5.2.2 The email account that you tried to reach is over quota", "5.2.2", "mailbox_full"),
    ("552-5.2.2 The recipient's inbox is out of storage space. Please direct the recipient to", "5.2.2", "mailbox_full"),
    ("550 5.1.1 user mailbox exceeds allowed size", "5.1.1", "mailbox_full"),
    ("De postbus van de ontvanger is vol", "", "mailbox_full"),
    ("552 5.3.4 Message size exceeds fixed limit", "5.3.4", "size"),
    ("550 5.2.1 The email account that you tried to reach is disabled", "5.2.1", "disabled"),
    ("550 5.2.1 Mailbox unavailable", "5.2.1", "disabled"),
    ("450 4.2.1 mailbox unavailable", "4.2.1", "disabled"),
    ("451 4.7.1 Greylisting in action, please come back later", "4.7.1", "temporary"),
    ("450 4.1.1 <jan@hotel-zon.nl>: Recipient address rejected: unverified address: User unknown", "4.1.1", "temporary"),
    ("Host or domain name not found. Name service error for name=hotel-zon.nl type=MX: Host not found, try again", "4.4.3", "network"),
    ("connect to mx.hotel-zon.nl[192.0.2.1]:25: Connection timed out", "4.4.1", "network"),
    ("554 5.4.6 Too many hops", "5.4.6", "network"),
    ("452 4.3.1 Insufficient system resources (UsedDiskSpace[C:\\])", "4.3.1", "system"),
    ("554 5.7.1 <jan@hotel-zon.nl>: Relay access denied", "5.7.1", "relay"),
    ("450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", "4.2.1", "rate"),
    ("421 4.7.0 Too many connections from your host", "4.7.0", "rate"),
    ("", "4.4.7", "expired"),
    ("", "4.2.0", "temporary"),
    ("550 no", "5.0.0", "other"),
    # The recipient's own rule
    ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group", "5.7.133", "restricted"),
    ("550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required", "5.7.134", "restricted"),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "5.7.1", "restricted"),
    ("550 5.7.124 RESOLVER.RST.SenderNotInAllowedSenders", "5.7.124", "restricted"),
    ("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", "5.7.1", "restricted"),
    ("550 5.7.1 Sender blocked by recipient", "5.7.1", "restricted"),
    ("550 5.7.1 This recipient has blocked you", "5.7.1", "restricted"),
    ("550 5.7.1 You do not have permission to send to this recipient", "5.7.1", "restricted"),
    ("550 5.7.1 Dit adres accepteert geen externe mail", "5.7.1", "restricted"),
    ("", "5.7.133", "restricted"),
    ("550 5.3.4 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "5.3.4", "size"),
    # About us
    ("550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy", "5.7.1", "policy"),
    ("550 5.7.1 Your IP address has been blocked by the recipient's mail server", "5.7.1", "blocked"),
    ("550 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", "5.7.1", "blocked"),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.7]", "5.7.606", "blocked"),
    ("550-5.7.1 Our system has detected that this message is likely unsolicited mail", "5.7.1", "spam"),
    ("550 5.7.1 Message rejected due to content restrictions", "5.7.1", "spam"),
    ("550 5.7.26 This mail is unauthenticated, which poses a security risk", "5.7.26", "auth"),
    ("550 5.7.515 Access denied, sending domain does not meet the required authentication level", "5.7.515", "auth"),
    ("550 5.1.1 Rejected: SPF check failed, user unknown to us", "5.7.23", "unknown_user"),
    ("550 SPF fail: 192.0.2.7 is not allowed to send mail from punthelder.nl", "5.1.1", "auth"),
    ("553 5.1.8 <a@punthelder.nl>: Sender address rejected: Domain not found", "5.1.8", "policy"),
    ("450 4.7.1 Client host rejected: cannot find your reverse hostname", "4.7.1", "auth"),
    ("504 5.5.2 <mail>: Helo command rejected: need fully-qualified hostname; Host not found", "5.5.2", "policy"),
    ("550 5.7.1 Your message was refused by policy", "5.7.1", "policy"),
    ("", "5.7.1", "policy"),
    # The sender was verified: the "unknown user" is ours, and the lead's address works
    ("550-Verification failed for <victor@punthelder.nl> 550-Called: 192.0.2.7 550-Sent: RCPT TO:<victor@punthelder.nl> 550-Response: 550 5.1.1 User unknown 550 Sender verify failed", "5.1.1", "policy"),
    ("550-Called:   192.0.2.7 550-Sent:     RCPT TO:<victor@punthelder.nl> 550-Response: 550 5.1.1 User unknown 550 Rejected", "5.1.1", "policy"),
    ("550 5.7.1 <victor@punthelder.nl>: Sender address rejected: undeliverable address: host mx.punthelder.nl[192.0.2.7] said: 550 5.1.1 <victor@punthelder.nl>: Recipient address rejected: User unknown (in reply to RCPT TO command)", "5.7.1", "policy"),
    ("550 5.1.1 Sender verify failed: user unknown", "5.1.1", "policy"),
    ("550 Sender callback verification failed: 550 5.1.1 no such user", "5.0.0", "policy"),
    ("553 5.1.8 Sender address verification failed: 550 5.1.1 user unknown", "5.1.1", "policy"),
    ("550 5.1.1 Return path verification failed: 550 5.1.1 user unknown", "5.1.1", "policy"),
    ("550 5.1.0 MAIL FROM <victor@punthelder.nl> refused: 550 5.1.1 mailbox unavailable", "5.1.0", "policy"),
    # A relay has asked the server behind it: that is about the recipient
    ("550-Callout verification failed: 550 5.1.1 <jan@hotel-zon.nl> User unknown", "5.1.1", "unknown_user"),
    ("550-Callout verification failed: 550 No Such User Here", "5.0.0", "unknown_user"),
    ("550 5.1.1 <jan@hotel-zon.nl>: Recipient address rejected: undeliverable address: host mail.hotel-zon.nl said: 550 5.1.1 user unknown", "5.1.1", "unknown_user"),
    ("550 5.1.1 User unknown; mail from sender returned", "5.1.1", "unknown_user"),
    # For now, whatever its code
    ("550 5.1.1 mailbox temporarily disabled", "5.1.1", "disabled"),
    ("550 5.1.1 user account is temporarily locked, try again later", "5.1.1", "disabled"),
    ("550 5.1.1 account disabled temporarily due to inactivity", "5.1.1", "disabled"),
    ("550 5.1.1 Konto vorübergehend gesperrt", "5.1.1", "disabled"),
    ("550 5.1.1 account tijdelijk geblokkeerd", "5.1.1", "disabled"),
    ("550 5.1.1 account disabled", "5.1.1", "unknown_user"),
    ("host spam-filter.hotel-zon.nl[192.0.2.9] said: 550 5.1.1 <spam@hotel-zon.nl>: no such user", "5.1.1", "unknown_user"),
]  # fmt: skip


@pytest.mark.parametrize(("remote", "status", "reason"), SAID)
def test_words_come_before_codes(remote, status, reason):
    assert diagnose(remote, status).value == reason


def test_the_named_address_tells_whom_a_callout_was_about():
    said = "550-Callout verification failed: 550 5.1.1 <victor@punthelder.nl> unknown user"
    assert diagnose(said, "5.1.1", ["victor@punthelder.nl"]) is Reason.POLICY
    assert diagnose(said, "5.1.1", ["anna@punthelder.nl"]) is Reason.UNKNOWN_USER


def test_only_facts_about_the_address_are_hard():
    hard = {reason.value for reason in Reason if reason.verdict is Verdict.HARD}
    assert hard == {"unknown_user", "unknown_host", "moved", "no_mail_accepted"}
    about_us = {reason.value for reason in Reason if reason.verdict is Verdict.SENDER_PROBLEM}
    assert about_us == {"blocked", "spam", "auth", "policy"}


def test_a_translation_by_the_reporting_server_does_not_outweigh_the_other_sides_words():
    assert diagnose("553 Sender Policy Framework (SPF) fail", "5.1.1") is Reason.AUTH


def test_a_refusal_that_asks_for_a_click_is_told_apart():
    assert asks_for_confirmation("550 Your server requires confirmation. Visit https://x.nl/c")
    assert not asks_for_confirmation("550 5.1.1 User unknown, please confirm the address")
