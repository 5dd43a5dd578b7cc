"""A mailbox's turn against real servers: each mail is read once, whatever happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from django.db import OperationalError

from campaigns.models import MessageEvent
from mailsuite.lib import clock
from tests.factories import SenderAliasFactory
from tests.imap import ImapServer
from tests.scripted_imap import DRIP, DROP, scripted_imap
from tests.threads import in_threads
from tests.tracking.mailboxes.boxes import (
    HASTY,
    a_mailbox,
    a_sent_message,
    answered,
    read,
    texts,
    unrelated,
)
from tests.tracking.reading.mails import mail
from tracking.mailboxes import claims, condition, position, stuck, turns
from tracking.mailboxes.turns import Turn, read_mailbox
from tracking.mailboxes.values import Patience
from tracking.models import InboundMail, Mailbox, MailboxFolder, StuckMail
from tracking.receiving import receive

pytestmark = pytest.mark.django_db

# Servers know no future: what they are told arrived then arrives now.
NOON = dt.datetime.now(dt.UTC).replace(hour=12, minute=0, second=0, microsecond=0) - dt.timedelta(
    days=100
)


def replies() -> int:
    return MessageEvent.objects.filter(kind=MessageEvent.Kind.REPLIED).count()


def test_an_answer_takes_effect_once_and_is_not_read_again(imap: ImapServer):
    user = imap.new_user()
    message = a_sent_message()
    imap.deliver(user, unrelated(1), answered(message))
    mailbox = a_mailbox(imap, user)

    assert read(mailbox) == Turn(mails=2)
    assert read(mailbox) == Turn(mails=0)

    reply = InboundMail.objects.get(message=message)
    assert (reply.kind, reply.state, reply.source, reply.mailbox) == (
        "reply", "done", "imap", mailbox,
    )  # fmt: skip
    assert InboundMail.objects.get(message=None).state == "unmatched"
    assert replies() == 1
    assert mailbox.last_read_at is not None
    assert (mailbox.last_problem, mailbox.failing_since, mailbox.next_read_at) == ("", None, None)


def test_only_new_mails_are_fetched(imap: ImapServer, monkeypatch: pytest.MonkeyPatch):
    user = imap.new_user()
    mailbox = a_mailbox(imap, user)
    imap.deliver(user, unrelated(1))
    read(mailbox)
    imap.deliver(user, unrelated(2))
    assert read(mailbox) == Turn(mails=1)
    place = MailboxFolder.objects.get()
    assert list(imap.state(user))[-1] == place.last_uid


def test_a_full_mailbox_is_read_in_as_many_turns_as_it_takes(imap: ImapServer):
    """300 mails, and fewer where a search takes a second."""
    count, seconds = {"dovecot": (300, 0.2), "pymap": (60, 0.3)}[imap.name]
    user = imap.new_user()
    imap.deliver(user, *(unrelated(number) for number in range(count)))
    mailbox = a_mailbox(imap, user)

    taken = []
    while turn := read(mailbox, seconds):
        assert turn.mails >= 1 or not turn.has_more
        taken.append(turn.mails)
        if not turn.has_more:
            break
    assert len(taken) > 1
    assert sum(taken) == count
    assert texts() == [f"Nieuwsbrief {number}" for number in range(count)]
    assert read(mailbox) == Turn()


def test_a_big_mail_is_read_by_its_first_part(imap: ImapServer):
    user = imap.new_user()
    message = a_sent_message()
    attached = b"\n" + (b"x" * 76 + b"\n") * 40_000
    imap.deliver(user, answered(message) + attached, unrelated(2))
    assert read(a_mailbox(imap, user)) == Turn(mails=2)
    kept = InboundMail.objects.get(message=message)
    assert len(bytes(kept.raw)) == 1_048_576
    assert kept.state == "done"


def test_a_big_mail_that_also_came_whole_takes_effect_once(imap: ImapServer):
    user = imap.new_user()
    whole = answered(a_sent_message()) + b"\n" + (b"x" * 76 + b"\n") * 40_000
    receive(whole, source="pipe", source_key="1", received_at=NOON)
    imap.deliver(user, whole)
    assert read(a_mailbox(imap, user)) == Turn(mails=1)
    assert (InboundMail.objects.count(), replies()) == (1, 1)


def test_broken_mails_are_read_like_others(imap: ImapServer):
    user = imap.new_user()
    odd = [
        b"\xff\xfe\x80\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x",
        b'Content-Type: multipart/mixed; boundary="\r\n\r\n' + b"--\r\n" * 500,
        b"Subject: =?utf-8?B?////?=\r\nDate: yesterday\r\nFrom: <<>>\r\n\r\n\x1b[31m",
        b"\r\n\r\n\r\n",
    ]
    imap.deliver(user, *odd, unrelated(1))
    assert read(a_mailbox(imap, user)) == Turn(mails=6)
    assert texts()[-1] == "Nieuwsbrief 1"
    assert not StuckMail.objects.exists()


def test_a_restart_of_the_server_loses_and_doubles_nothing(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    user = imap.new_user()
    message = a_sent_message()
    imap.deliver(user, *(answered(message, number) for number in range(6)))
    mailbox = a_mailbox(imap, user)
    after_two = _calling(imap.restart, behind=2)
    monkeypatch.setattr(turns.position, "take", after_two(position.take))

    with clock.frozen(NOON):
        assert read(mailbox).mails == 2
    assert len(texts()) == 2
    assert "ended the connection" in mailbox.last_problem
    assert mailbox.failing_since == NOON
    assert mailbox.next_read_at == NOON + dt.timedelta(minutes=1)

    later = NOON + dt.timedelta(minutes=2)
    with clock.frozen(later):
        read(mailbox)
    assert len(texts()) == 6
    assert len(set(texts())) == 6
    assert (mailbox.last_problem, mailbox.failing_since) == ("", None)
    assert mailbox.last_read_at == later
    assert not StuckMail.objects.exists()


def test_a_worker_that_dies_while_it_receives_leaves_the_mail_to_the_next(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    user = imap.new_user()
    imap.deliver(user, answered(a_sent_message()))
    mailbox = a_mailbox(imap, user)
    monkeypatch.setattr(position, "receive", _failing_at(b"Bel mij", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        read(mailbox)
    assert (texts(), replies()) == ([], 0)
    monkeypatch.undo()
    assert read(mailbox) == Turn(mails=1)
    assert (len(texts()), replies()) == (1, 1)


def test_a_folder_with_another_uidvalidity_is_read_again_without_effect(imap: ImapServer):
    user = imap.new_user("Replies")
    message = a_sent_message()
    mails = [answered(message), unrelated(1), unrelated(2)]
    imap.deliver(user, *mails, folder="Replies")
    mailbox = a_mailbox(imap, user, folders=["Replies"])
    assert read(mailbox) == Turn(mails=3)
    before = MailboxFolder.objects.get()

    with imap.client(user) as client:
        client.delete_folder("Replies")
        client.create_folder("Replies")
    imap.deliver(user, unrelated(3), *mails, folder="Replies")
    assert read(mailbox) == Turn(mails=4)

    assert MailboxFolder.objects.get().uid_validity != before.uid_validity
    assert len(texts()) == 4
    assert replies() == 1
    assert read(mailbox) == Turn()


def test_a_folder_whose_numbers_went_back_is_read_again(imap: ImapServer):
    """A backup was put back: its next mail gets a number that another one had."""
    user = imap.new_user()
    imap.deliver(user, unrelated(1))
    mailbox = a_mailbox(imap, user)
    read(mailbox)
    MailboxFolder.objects.update(last_uid=40)
    imap.deliver(user, unrelated(2))
    assert read(mailbox) == Turn(mails=2)
    assert texts() == ["Nieuwsbrief 1", "Nieuwsbrief 2"]


def test_mails_from_before_a_mailbox_was_connected_stay_unread(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, unrelated(1), at=NOON - dt.timedelta(days=60))
    imap.deliver(user, unrelated(2), at=NOON - dt.timedelta(days=20))
    with clock.frozen(NOON):
        mailbox = a_mailbox(imap, user)
        mailbox.read_from = Mailbox().read_from
        mailbox.save()
    assert mailbox.read_from == (NOON - dt.timedelta(days=30)).date()
    assert read(mailbox) == Turn(mails=1)
    assert texts() == ["Nieuwsbrief 2"]


def test_the_moment_of_arrival_is_the_servers(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, unrelated(1), at=NOON - dt.timedelta(days=3))
    imap.deliver(user, unrelated(2), at=NOON + dt.timedelta(days=3))
    with clock.frozen(NOON):
        read(a_mailbox(imap, user))
    early, late = InboundMail.objects.order_by("pk").values_list("received_at", flat=True)
    if imap.name == "dovecot":  # pymap errs by an hour in summer
        assert early == NOON - dt.timedelta(days=3)
    assert late == NOON


def test_sent_drafts_and_trash_are_not_read_even_if_named(imap: ImapServer):
    user = imap.new_user("Verzonden items", "Concepten", "Trash", "Archief")
    for number, folder in enumerate(["Verzonden items", "Concepten", "Trash", "Archief", "INBOX"]):
        imap.deliver(user, unrelated(number), folder=folder)
    folders = ["INBOX", "Verzonden items", "Concepten", "Trash", "Archief"]
    mailbox = a_mailbox(imap, user, folders=folders)
    read(mailbox)
    assert sorted(texts()) == ["Nieuwsbrief 3", "Nieuwsbrief 4"]
    for folder, use in (("Verzonden items", "sent"), ("Concepten", "drafts"), ("Trash", "trash")):
        assert f"{folder!r} is the {use} folder, which is never read" in mailbox.last_problem
    assert mailbox.next_read_at is None


@pytest.mark.parametrize("typed", ["verzonden mappen", "VERZONDEN MAPPEN", "Sent", "SENT", "sent"])
def test_a_sent_folder_is_not_opened_however_it_is_typed(typed: str):
    """By servers to which names in another case are the same."""
    told = b'* LIST (\\Sent) "/" "Verzonden mappen"\r\n* LIST () "/" INBOX\r\nTAG OK done\r\n'
    with scripted_imap(LIST=[told]) as server:
        mailbox = a_mailbox(server, "victor", folders=["INBOX", typed])
        read(mailbox)
    assert f"{typed!r} is the sent folder, which is never read" in mailbox.last_problem
    assert [line for line in server.said if line.startswith("EXAMINE")] == ['EXAMINE "INBOX"']


def test_our_own_mails_in_the_inbox_are_nobodys_answer(imap: ImapServer):
    user = imap.new_user()
    message = a_sent_message()
    alias = SenderAliasFactory(domain=message.domain, name="victor")
    headers = f"In-Reply-To: <{message.smtp_message_id}>\n"
    imap.deliver(user, mail("Toch nog even", sender=alias.address, headers=headers))
    read(a_mailbox(imap, user))
    assert InboundMail.objects.get().state == "ignored"
    assert replies() == 0


@pytest.mark.parametrize("reads_junk", [True, False])
def test_the_junk_folder_is_read_where_that_is_asked_for(imap: ImapServer, reads_junk: bool):
    folder = "Rommel" if imap.name == "dovecot" else "Junk"
    user = imap.new_user(folder)
    imap.deliver(user, unrelated(1), folder=folder)
    mailbox = a_mailbox(imap, user, reads_junk=reads_junk)
    assert read(mailbox).mails == int(reads_junk)
    assert texts() == ["Nieuwsbrief 1"] * reads_junk
    assert mailbox.last_problem == ""


def test_a_mail_that_is_moved_to_another_folder_takes_effect_once(imap: ImapServer):
    user = imap.new_user("Archief")
    mail = answered(a_sent_message())
    imap.deliver(user, mail)
    mailbox = a_mailbox(imap, user, folders=["INBOX", "Archief"])
    read(mailbox)
    imap.deliver(user, mail, folder="Archief")
    assert read(mailbox) == Turn(mails=1)
    assert (len(texts()), replies()) == (1, 1)


def test_a_missing_folder_costs_the_others_nothing(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, unrelated(1))
    mailbox = a_mailbox(imap, user, folders=["Repleis", "INBOX"])
    with clock.frozen(NOON):
        read(mailbox)
    assert texts() == ["Nieuwsbrief 1"]
    assert "does not open the folder 'Repleis'" in mailbox.last_problem
    assert (mailbox.last_read_at, mailbox.failing_since) == (NOON, NOON)


def test_a_mail_that_cannot_be_received_does_not_block_those_behind_it(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    user = imap.new_user()
    imap.deliver(user, *(unrelated(number) for number in range(4)))
    mailbox = a_mailbox(imap, user)
    monkeypatch.setattr(position, "receive", _failing_at(b"Nieuwsbrief 1", ValueError("poison")))

    with clock.frozen(NOON):
        assert read(mailbox) == Turn(mails=4)
        assert read(mailbox) == Turn()
    assert texts() == ["Nieuwsbrief 0", "Nieuwsbrief 2", "Nieuwsbrief 3"]
    poison = StuckMail.objects.get()
    assert (poison.tries, poison.problem) == (1, "ValueError: poison.")
    assert poison.next_try_at == NOON + dt.timedelta(minutes=1)

    monkeypatch.undo()
    with clock.frozen(NOON + dt.timedelta(minutes=1)):
        read(mailbox)
    assert texts()[-1] == "Nieuwsbrief 1"
    assert not StuckMail.objects.exists()


def test_a_stuck_mail_is_given_up_after_six_tries_until_a_person_asks(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    user = imap.new_user()
    imap.deliver(user, unrelated(1))
    mailbox = a_mailbox(imap, user)
    monkeypatch.setattr(position, "receive", _failing_at(b"Nieuwsbrief", ValueError("poison")))
    for day in range(10):
        with clock.frozen(NOON + dt.timedelta(days=day)):
            read(mailbox)
    given_up = StuckMail.objects.get()
    assert (given_up.tries, given_up.next_try_at, given_up.since) == (6, None, NOON)

    monkeypatch.undo()
    later = NOON + dt.timedelta(days=20)
    with clock.frozen(later):
        read(mailbox)
        assert texts() == []
        stuck.try_again(given_up, later)
        read(mailbox)
    assert texts() == ["Nieuwsbrief 1"]


def test_a_mail_at_which_the_server_hangs_up_does_not_block_those_behind_it():
    two = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\nTAG OK done\r\n"
    good = unrelated(2).replace(b"\n", b"\r\n")
    second = b"* 2 FETCH (UID 2 BODY[]<0> {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(good), good)
    script = {
        "EXAMINE": [two],
        "SEARCH": [b"* SEARCH 1 2\r\nTAG OK done\r\n"],
        "FETCH": [DROP, second, DROP],
    }
    with scripted_imap(**script) as server:
        mailbox = a_mailbox(server, "victor")
        with clock.frozen(NOON):
            read(mailbox)
        assert (texts(), mailbox.failing_since) == ([], NOON)
        with clock.frozen(NOON + dt.timedelta(minutes=1)):
            read(mailbox)
    assert texts() == ["Nieuwsbrief 2"]
    assert StuckMail.objects.get().tries == 2


def test_a_mail_that_an_empty_answer_hides_is_tried_again():
    usual = b"* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\nTAG OK done\r\n"
    with scripted_imap(FETCH=[b"TAG OK done\r\n", usual]) as server:
        with clock.frozen(NOON):
            mailbox = a_mailbox(server, "victor")
            read(mailbox)
        assert "has the mail and answers without it" in StuckMail.objects.get().problem
        assert texts() == []
        with clock.frozen(NOON + dt.timedelta(minutes=1)):
            read(mailbox)
    assert InboundMail.objects.count() == 1
    assert not StuckMail.objects.exists()


def test_a_mail_that_drips_in_for_ever_holds_no_worker_and_is_shown():
    drip = b"* 1 FETCH (UID 1 BODY[]<0> {900000}\r\n" + DRIP
    with scripted_imap(FETCH=[drip]) as server, clock.frozen(NOON):
        mailbox = a_mailbox(server, "victor")
        read_mailbox(mailbox.pk, patience=Patience(connect=5, read=5, answer=0.3))
    mailbox.refresh_from_db()
    assert "too slow: no end of its answer after 0.3 seconds" in mailbox.last_problem
    assert mailbox.next_read_at == NOON + dt.timedelta(minutes=1)
    assert StuckMail.objects.get().uid == 1
    assert texts() == []


def test_a_database_that_is_away_moves_no_position(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    user = imap.new_user()
    imap.deliver(user, unrelated(1), unrelated(2))
    mailbox = a_mailbox(imap, user)
    gone = OperationalError("server closed the connection unexpectedly")
    monkeypatch.setattr(position, "receive", _failing_at(b"Nieuwsbrief 2", gone))
    monkeypatch.setattr(position.connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        read(mailbox)
    assert texts() == ["Nieuwsbrief 1"]
    assert not StuckMail.objects.exists()
    monkeypatch.undo()
    assert read(mailbox) == Turn(mails=1)
    assert texts() == ["Nieuwsbrief 1", "Nieuwsbrief 2"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_no_turn(imap: ImapServer):
    user = imap.new_user()
    message = a_sent_message()
    imap.deliver(user, *(answered(message, number) for number in range(8)))
    mailbox = a_mailbox(imap, user)
    done = in_threads(2, lambda: turns.read_mailbox(mailbox.pk, patience=HASTY))
    assert sum(turn.mails for turn in done) == 8
    assert len(texts()) == 8
    with claims.claimed(mailbox.pk) as is_ours:
        assert is_ours
        assert read(mailbox) == Turn()


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_workers_still_read_each_mail_once(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    """The claim is gone with its connection, say: the place in the folder decides."""
    user = imap.new_user()
    message = a_sent_message()
    imap.deliver(user, *(answered(message, number) for number in range(8)))
    mailbox = a_mailbox(imap, user)
    real, received = position.receive, []

    def counting(raw: bytes, **given: object) -> InboundMail:
        inbound = real(raw, **given)
        received.append(given["source_key"])
        return inbound

    monkeypatch.setattr(position, "receive", counting)
    monkeypatch.setattr(turns, "claimed", lambda _: _Always())
    done = in_threads(2, lambda: turns.read_mailbox(mailbox.pk, patience=HASTY))
    read(mailbox)
    assert len(received) == len(set(received)) == 8
    assert sum(turn.mails for turn in done) <= 8
    assert len(texts()) == 8
    assert set(InboundMail.objects.values_list("message", flat=True)) == {message.pk}


def test_a_failing_mailbox_is_left_alone_for_as_long_as_it_failed():
    with scripted_imap() as gone:
        mailbox = a_mailbox(gone, "victor")
    pauses = []
    moment = NOON
    for _ in range(10):
        with clock.frozen(moment):
            read(mailbox)
        assert mailbox.next_read_at is not None
        pauses.append(int((mailbox.next_read_at - moment).total_seconds() // 60))
        assert mailbox not in condition.due(mailbox.next_read_at - dt.timedelta(seconds=1))
        moment = mailbox.next_read_at
        assert mailbox in condition.due(moment)
    assert pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert mailbox.failing_since == NOON
    assert "No connection to 127.0.0.1" in mailbox.last_problem
    assert mailbox.last_read_at is None


def test_a_wrong_password_is_shown_on_the_mailbox(imap: ImapServer):
    mailbox = a_mailbox(imap, imap.new_user(), secret="open sesame")
    read(mailbox)
    assert "refuses the login" in mailbox.last_problem
    assert "open sesame" not in mailbox.last_problem
    assert mailbox.next_read_at is not None


def test_a_secret_whose_key_is_lost_is_a_problem_of_its_mailbox(imap: ImapServer, settings):
    mailbox = a_mailbox(imap, imap.new_user())
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    assert list(condition.due(NOON)) == [mailbox]
    turns.read_mailbox(mailbox.pk, patience=HASTY)
    problem = Mailbox.objects.values_list("last_problem", flat=True).get()
    assert "SECRETS_KEYS" in problem


def test_a_fault_of_our_own_is_shown_on_the_mailbox_too(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    mailbox = a_mailbox(imap, imap.new_user())
    monkeypatch.setattr(turns, "folders_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(mailbox)
    mailbox.refresh_from_db()
    assert "the worker's log says where" in mailbox.last_problem
    assert mailbox.next_read_at is not None


def test_a_mailbox_that_is_switched_off_is_not_read(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, unrelated(1))
    mailbox = a_mailbox(imap, user, is_active=False)
    assert read(mailbox) == Turn()
    assert texts() == []
    assert not condition.due(NOON).exists()


class _Always:
    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        pass


def _calling(what: Callable[[], None], *, behind: int) -> Callable:
    """Wraps a function: after that many calls of it, `what` is done once."""

    def wrap(real: Callable) -> Callable:
        calls = []

        def call(*args: object) -> object:
            answer = real(*args)
            calls.append(args)
            if len(calls) == behind:
                what()
            return answer

        return call

    return wrap


def _failing_at(words: bytes, error: BaseException) -> Callable:
    real = position.receive

    def receive(raw: bytes, **given: object) -> InboundMail:
        inbound = real(raw, **given)
        if words in raw:  # after its work, so that the rolling back is seen
            raise error
        return inbound

    return receive
