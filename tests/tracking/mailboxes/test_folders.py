"""Which folder is which, as providers and clients name them."""

from __future__ import annotations

import pytest

from tracking.mailboxes.folders import Folder, Use, is_same_folder, told_folders, use_of


@pytest.mark.parametrize(
    ("flags", "delimiter", "name", "use"),
    [
        # Gmail in Dutch
        ((rb"\HasNoChildren",), b"/", "INBOX", Use.INBOX),
        ((rb"\All", rb"\HasNoChildren"), b"/", "[Gmail]/Alle berichten", Use.ALL),
        ((rb"\HasNoChildren", rb"\Junk"), b"/", "[Gmail]/Spam", Use.JUNK),
        ((rb"\HasNoChildren", rb"\Sent"), b"/", "[Gmail]/Verzonden berichten", Use.SENT),
        ((rb"\HasNoChildren", rb"\Trash"), b"/", "[Gmail]/Prullenbak", Use.TRASH),
        ((rb"\Flagged",), b"/", "[Gmail]/Met ster", Use.OTHER),
        # Exchange and Outlook, without special uses
        ((), b"/", "Ongewenste e-mail", Use.JUNK),
        ((), b"/", "Junk Email", Use.JUNK),
        ((), b"/", "Verzonden items", Use.SENT),
        ((), b"/", "Gesendete Elemente", Use.SENT),
        ((), b"/", "Éléments envoyés", Use.SENT),
        ((), b"/", "Concepten", Use.DRAFTS),
        ((), b"/", "Verwijderde items", Use.TRASH),
        # Courier and Dovecot below INBOX
        ((), b".", "INBOX.Sent", Use.SENT),
        ((), b".", "INBOX.spam", Use.JUNK),
        ((), b".", "inbox", Use.INBOX),
        ((), b".", "INBOX.Klanten.Sent", Use.SENT),
        ((), None, "Sent", Use.SENT),
        # what the server says counts before the name
        ((rb"\Archive",), b"/", "Sent", Use.OTHER),
        ((rb"\JUNK",), b"/", "Klanten", Use.JUNK),
        ((), b"/", "Klanten", Use.OTHER),
        ((), b"/", "Sent/2025", Use.OTHER),
    ],
)
def test_the_use_of(flags: tuple[bytes, ...], delimiter: bytes | None, name: str, use: Use):
    assert told_folders([(flags, delimiter, name)]) == [Folder(name, use)]


def test_what_holds_no_mails_is_left_out():
    told = [((rb"\Noselect", rb"\HasChildren"), b"/", "[Gmail]"), ((rb"\NonExistent",), b"/", "x")]
    assert told_folders(told) == []


def test_only_the_inbox_is_the_same_in_any_case():
    assert is_same_folder("inbox", "INBOX")
    assert is_same_folder("Klanten", "Klanten")
    assert not is_same_folder("klanten", "Klanten")


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("Rommel", Use.SENT),  # as the server says, whatever it is called
        ("rommel", Use.SENT),
        ("Sent", Use.OTHER),
        ("sent", Use.SENT),  # of two that are alike, the one that is never read
        ("SENT ITEMS", Use.SENT),  # the server tells of none
        ("INBOX.Concepten", Use.DRAFTS),
        ("Mail/Prullenbak", Use.TRASH),
        ("Klanten", Use.OTHER),
        ("inbox", Use.INBOX),
    ],
)
def test_the_use_of_a_folder_that_a_person_typed(name: str, use: Use):
    told = [
        Folder("INBOX", Use.INBOX),
        Folder("Rommel", Use.SENT),
        Folder("Sent", Use.OTHER),
        Folder("SENT", Use.SENT),
    ]
    assert use_of(name, told) == use
