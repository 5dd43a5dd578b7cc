"""What ops and the admin learn about a mailbox before it is read."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.imap import ImapServer
from tests.scripted_imap import scripted_imap
from tests.tracking.mailboxes.boxes import a_mailbox, texts, unrelated
from tracking.mailboxes.checking import check
from tracking.models import MailboxFolder

pytestmark = pytest.mark.django_db


def checked(*arguments: str) -> tuple[int, str]:
    """Exit status and output of the command."""
    output = StringIO()
    try:
        call_command("check_mailboxes", *arguments, stdout=output)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_a_mailbox_is_looked_at_and_not_read(imap: ImapServer):
    user = imap.new_user("Verzonden items", "Ideeën")
    imap.deliver(user, unrelated(1), unrelated(2))
    mailbox = a_mailbox(imap, user)
    report = check(mailbox)
    assert report.problems == ()
    assert report.words.startswith("Read: INBOX (2 mails). Not read: ")
    assert "Verzonden items (sent)" in report.words
    assert "Ideeën" in report.words
    assert texts() == []
    assert not MailboxFolder.objects.exists()


def test_each_folder_that_cannot_be_read_is_named(imap: ImapServer):
    user = imap.new_user("Concepten")
    report = check(a_mailbox(imap, user, folders=["INBOX", "Repleis", "Concepten"]))
    assert [folder.name for folder in report.read] == ["INBOX"]
    assert len(report.problems) == 2
    assert "'Concepten' is the drafts folder, which is never read" in report.problems[0]
    assert "does not open the folder 'Repleis'" in report.problems[1]


def test_a_missing_junk_folder_is_told(imap: ImapServer):
    report = check(a_mailbox(imap, imap.new_user(), reads_junk=True))
    assert report.problems == ("The server names no junk folder: name it among the folders.",)


def test_the_command_fails_for_one_that_does_not_answer(imap: ImapServer):
    with scripted_imap() as gone:
        a_mailbox(gone, "gone")
    a_mailbox(imap, imap.new_user(), name="there")
    status, output = checked("--json")
    assert status == 1
    found = {row["mailbox"]: row for row in json.loads(output)}
    assert (found["gone"]["ok"], found["there"]["ok"]) == (False, True)
    assert "No connection to 127.0.0.1" in found["gone"]["problems"][0]
    assert found["there"]["read"] == [{"folder": "INBOX", "mails": 0}]
    assert checked("there")[0] == 0
    assert "Read: INBOX (0 mails)" in checked("there")[1]


def test_the_command_says_so_where_there_is_nothing_to_check():
    assert checked() == (
        0, "There is no active mailbox. Make one in the admin, under Mailboxes.\n",
    )  # fmt: skip
    with pytest.raises(CommandError, match="no mailbox nobody"):
        checked("nobody")
