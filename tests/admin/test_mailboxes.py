from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from mailsuite.lib import clock
from tests.admin.conftest import fields, page, pick, press, told
from tests.factories.campaigns import MONDAY
from tests.factories.tracking import MailboxFactory, MailboxFolderFactory, StuckMailFactory
from tests.scripted_imap import SILENCE, scripted_imap
from tests.tracking.reading.mails import reply
from tracking.admin import mailboxes as pages
from tracking.mailboxes import condition
from tracking.mailboxes.values import Patience
from tracking.models import Mailbox, MailboxFolder
from tracking.receiving import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox() -> Mailbox:
    return MailboxFactory(secret="sesame")


def save(client: Client, row: Model, **changes: object) -> HttpResponse:
    url = page(type(row), "change", row.pk)
    answer = client.post(url, fields(client, url) | changes)
    row.refresh_from_db()
    return answer


def test_a_mailbox_is_made_with_its_secret(boss: Client) -> None:
    url = page(Mailbox, "add")
    given = {"name": "Christian", "host": "imap.example.nl", "username": "christian"}
    answer = boss.post(url, fields(boss, url) | given | {"new_secret": "open sesame "})
    assert answer.status_code == 302
    made = Mailbox.objects.get()
    assert (made.secret, made.folders, made.port, made.security) == (
        "open sesame ", ["INBOX"], 993, "tls",
    )  # fmt: skip


def test_a_secret_goes_in_and_never_comes_out(boss: Client, mailbox: Mailbox) -> None:
    assert save(boss, mailbox, username="christian").status_code == 302
    assert (mailbox.username, mailbox.secret) == ("christian", "sesame")
    save(boss, mailbox, new_secret="open sesame")
    assert mailbox.secret == "open sesame"
    for kind, args in (("changelist", []), ("change", [mailbox.pk]), ("history", [mailbox.pk])):
        assert "sesame" not in boss.get(page(Mailbox, kind, *args)).content.decode()


@pytest.mark.parametrize("change", [{"host": "evil"}, {"security": "none"}])
def test_another_server_or_no_tls_needs_the_secret_again(
    boss: Client, mailbox: Mailbox, change: dict[str, str]
) -> None:
    mailbox.host = "imap"
    mailbox.save()
    answer = save(boss, mailbox, **change)
    assert "Enter it again" in answer.content.decode()
    assert (mailbox.host, mailbox.security) == ("imap", "tls")
    save(boss, mailbox, new_secret="sesame 2", **change)
    assert mailbox.secret == "sesame 2"


def test_no_password_goes_over_the_internet_in_clear(boss: Client, mailbox: Mailbox) -> None:
    answer = save(boss, mailbox, new_secret="sesame 2", security="none")
    assert "The password would go over the Internet in clear" in answer.content.decode()
    assert (mailbox.security, mailbox.secret) == ("tls", "sesame")
    save(boss, mailbox, new_secret="sesame 2", security="none", host="10.0.0.7")
    assert (mailbox.security, mailbox.host) == ("none", "10.0.0.7")


def test_a_mended_mailbox_is_read_at_the_next_tick(boss: Client, mailbox: Mailbox) -> None:
    with clock.frozen(MONDAY):
        condition.note_failed(mailbox, MONDAY, "imap.example.nl does not answer.")
        assert not condition.due(MONDAY).exists()
        save(boss, mailbox, new_secret="sesame 2")
    assert list(condition.due(MONDAY)) == [mailbox]
    assert mailbox.failing_since == MONDAY


@pytest.mark.parametrize(
    ("changes", "begins_anew"),
    [
        ({"read_from": "2026-01-01"}, True),
        ({"read_from": ""}, True),
        ({"read_from": "2026-12-01"}, False),
        ({"name": "Victor"}, False),
        ({"username": "victor"}, True),
    ],
)
def test_a_mailbox_is_read_again_where_its_past_is_asked_for(
    boss: Client, changes: dict[str, str], begins_anew: bool
) -> None:
    mailbox = MailboxFactory(read_from=dt.date(2026, 6, 1))
    kept = MailboxFolderFactory()
    MailboxFolderFactory(mailbox=mailbox)
    assert save(boss, mailbox, **changes).status_code == 302
    assert MailboxFolder.objects.filter(mailbox=mailbox).exists() != begins_anew
    assert MailboxFolder.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize("folders", ["", " , "])
def test_a_mailbox_without_a_folder_is_refused(
    boss: Client, mailbox: Mailbox, folders: str
) -> None:
    answer = save(boss, mailbox, folders=folders)
    assert "folders" in answer.context["adminform"].form.errors
    assert mailbox.folders == ["INBOX"]


def test_ops_try_a_connection_without_reading(login) -> None:
    with scripted_imap() as server:
        mailbox = MailboxFactory(host="127.0.0.1", port=server.port, security="none")
        condition.note_failed(mailbox, MONDAY, "refused")
        found, done = told(press(login("ops"), mailbox, "check_this"))
        assert "INBOX (1 mails)" in found
        assert "1 mailbox answered" in done
        assert not [line for line in server.said if "FETCH" in line]
    mailbox.refresh_from_db()
    assert mailbox.next_read_at is None


def test_a_server_that_does_not_answer_is_told_to_the_person(
    login, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pages.check
    monkeypatch.setattr(pages, "check", lambda mailbox: real(mailbox, Patience(0.3, 0.3)))
    with scripted_imap(GREETING=[SILENCE]) as server:
        mailbox = MailboxFactory(host="127.0.0.1", port=server.port, security="none")
        condition.note_failed(mailbox, MONDAY, "refused")
        (refusal,) = told(pick(login("ops"), "check_selected", mailbox))
    assert "does not answer" in refusal
    mailbox.refresh_from_db()
    assert mailbox.next_read_at is not None


def test_the_page_shows_what_ails_a_mailbox(boss: Client, mailbox: Mailbox) -> None:
    StuckMailFactory(folder__mailbox=mailbox)
    condition.note_failed(mailbox, MONDAY, "imap.example.nl <b>refuses</b> the login.")
    shown = boss.get(page(Mailbox, "change", mailbox.pk)).content.decode()
    assert "imap.example.nl &lt;b&gt;refuses&lt;/b&gt; the login." in shown
    assert "failing" in shown
    assert "failing" in boss.get(page(Mailbox, "changelist")).content.decode()


def test_a_stuck_mail_is_tried_again_when_ops_ask(login) -> None:
    mail = StuckMailFactory()
    with clock.frozen(MONDAY):
        press(login("ops"), mail, "try_again_this")
    mail.refresh_from_db()
    assert (mail.tries, mail.next_try_at) == (0, MONDAY)


def test_ops_delete_a_mailbox_and_what_came_by_it_stays(login, mailbox: Mailbox) -> None:
    StuckMailFactory(folder__mailbox=mailbox)
    mail = receive(reply("Bel mij"), source="imap", source_key="1", received_at=MONDAY,
                   mailbox=mailbox)  # fmt: skip
    login("ops").post(page(Mailbox, "delete", mailbox.pk), {"post": "yes"})
    assert not Mailbox.objects.exists()
    assert not MailboxFolder.objects.exists()
    mail.refresh_from_db()
    assert mail.mailbox is None


@pytest.mark.parametrize("group", ["viewer", "marketer"])
def test_mailboxes_are_the_business_of_operations(login, mailbox: Mailbox, group: str) -> None:
    assert Group.objects.filter(name=group).exists()
    person = login(group)
    assert person.get(page(Mailbox, "changelist")).status_code == 403
    assert person.get(page(Mailbox, "change", mailbox.pk)).status_code == 403
    assert press(person, mailbox, "check_this").status_code == 403
    assert press(person, StuckMailFactory(), "try_again_this").status_code == 403
