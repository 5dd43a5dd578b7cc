"""What is read over a real connection, and what is left untouched on the server."""

from __future__ import annotations

import base64
import datetime as dt
import time
import tracemalloc
from dataclasses import replace

import pytest

from tests.imap import PASSWORD, ImapServer
from tests.scripted_imap import CHATTER, DRIP, DROP, FLOOD, SILENCE, scripted_imap
from tracking.mailboxes import connection as module
from tracking.mailboxes.connection import Connection, connected
from tracking.mailboxes.folders import Use
from tracking.mailboxes.values import (
    USUAL_PATIENCE,
    FolderProblem,
    Login,
    MailboxProblem,
    MailProblem,
    Patience,
    Security,
)

HASTY = Patience(connect=0.3, read=0.3)
MAIL = b"From: receptie@hotel-zon.nl\r\nSubject: Re: Hotel Zon\r\n\r\nBel mij.\r\n"
NINE = dt.datetime(2026, 8, 3, 7, 0, tzinfo=dt.UTC)


def all_uids(connection: Connection, last_uid: int = 0, since: dt.date | None = None) -> list[int]:
    folder = connection.open("INBOX")
    return [uid for uids in connection.uids_after(last_uid, folder, since=since) for uid in uids]


def problem_with(login: Login, patience: Patience = HASTY) -> str:
    """What a person is told when nobody gets in."""
    with pytest.raises(MailboxProblem) as caught, connected(login, patience):
        raise AssertionError("got in")
    return str(caught.value)


def test_a_mail_is_fetched_as_it_is_with_the_time_it_arrived(imap: ImapServer):
    user = imap.new_user()
    odd = b"Subject: \xff=?broken?\r\nno header\r\n\r\n.\r\n) OK {5}\r\n\x80\r\n"
    imap.deliver(user, MAIL, odd, at=NINE)
    with connected(imap.login(user)) as connection:
        mails = [connection.fetch(uid) for uid in all_uids(connection)]
    if imap.name == "pymap":  # which rewrites what it stores, and errs in summer time
        assert [mail.raw.startswith(MAIL[:27]) for mail in mails if mail] == [True, False]
        return
    assert [(mail.raw, mail.arrived_at) for mail in mails if mail] == [(MAIL, NINE), (odd, NINE)]


def test_nothing_changes_on_the_server(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, MAIL, MAIL)
    with connected(imap.login(user)) as connection:
        for uid in all_uids(connection):
            connection.fetch(uid)
    flags = imap.state(user)
    assert len(flags) == 2
    assert not [uid for uid, given in flags.items() if set(given) - {rb"\Recent"}]


def test_only_higher_uids_are_found_in_their_order(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, MAIL, MAIL, MAIL)
    with connected(imap.login(user)) as connection:
        first, second, third = all_uids(connection)
        assert first < second < third
        assert all_uids(connection, first) == [second, third]
        assert all_uids(connection, third) == []


def test_mails_of_earlier_days_are_left_out(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, MAIL, at=NINE - dt.timedelta(days=40))
    imap.deliver(user, MAIL, at=NINE)
    with connected(imap.login(user)) as connection:
        old, new = all_uids(connection)
        assert all_uids(connection, since=NINE.date() - dt.timedelta(days=1)) == [new]
    assert old < new


def test_a_search_is_cut_into_spans_however_wide_the_gaps(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_SPAN", 2)
    user = imap.new_user()
    imap.deliver(user, *[MAIL] * 12)
    with imap.client(user) as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search()[2:11])
        client.expunge()
    left = list(imap.state(user))
    with connected(imap.login(user)) as connection:
        assert all_uids(connection) == left
    assert len(left) == 3


def test_of_a_big_mail_only_the_first_part_comes(imap: ImapServer):
    """50 MB where the server stands that, and little more than the part in memory."""
    size = 50_000_000 if imap.name == "dovecot" else 5_000_000
    user = imap.new_user()
    imap.deliver(user, MAIL + b"x" * 76 + (b"\r\n" + b"y" * 76) * (size // 78))
    with connected(imap.login(user)) as connection:
        [uid] = all_uids(connection)
        tracemalloc.start()
        mail = connection.fetch(uid)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert mail is not None
    assert len(mail.raw) == module.MOST_BYTES
    assert mail.raw.startswith(MAIL[:27])
    assert peak < 6 * module.MOST_BYTES


def test_a_mail_that_was_deleted_meanwhile_is_none(imap: ImapServer):
    user = imap.new_user()
    imap.deliver(user, MAIL)
    with connected(imap.login(user)) as connection:
        [uid] = all_uids(connection)
        assert connection.fetch(uid + 1) is None


def test_folders_are_told_with_what_they_are_for(imap: ImapServer):
    user = imap.new_user("Archief", "Rommel", "Eruit", "Verzonden items", "Junk", "Ideeën")
    with connected(imap.login(user)) as connection:
        uses = {folder.name: folder.use for folder in connection.folders()}
    assert uses["INBOX"] == Use.INBOX
    assert uses["Verzonden items"] == Use.SENT
    assert uses["Junk"] == Use.JUNK
    assert uses["Ideeën"] == Use.OTHER
    if imap.name == "dovecot":  # which tells special uses (RFC 6154)
        assert (uses["Rommel"], uses["Eruit"]) == (Use.JUNK, Use.SENT)


def test_a_folder_that_is_not_there_is_named(imap: ImapServer):
    with connected(imap.login(imap.new_user())) as connection:
        with pytest.raises(FolderProblem, match="does not open the folder 'Repleis'"):
            connection.open("Repleis")
        assert connection.open("INBOX").mails == 0


@pytest.mark.parametrize("security", list(Security))
def test_the_certificate_is_verified(
    imap: ImapServer, security: Security, monkeypatch: pytest.MonkeyPatch
):
    if security == Security.TLS and not imap.has_tls_from_the_start:
        pytest.skip("pymap does STARTTLS only: TLS from the start is tried against Dovecot alone")
    login = imap.login(imap.new_user(), security)
    if security != Security.NONE:
        told = problem_with(login)
        assert "certificate" in told
        assert "SSL_CERT_FILE" in told
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.authority))
    with connected(login) as connection:
        assert connection.open("INBOX").mails == 0
    if security != Security.NONE:  # the certificate of another name
        assert "not to be trusted" in problem_with(replace(login, host="localhost"))


def test_a_wrong_password_is_said_without_the_password(imap: ImapServer):
    user = imap.new_user()
    told = problem_with(replace(imap.login(user), secret="open sesame"), USUAL_PATIENCE)
    assert f"refuses the login of '{user}'" in told
    assert "open sesame" not in told
    with connected(imap.login(user)):
        pass


def test_a_password_beyond_ascii_can_be_said(imap: ImapServer):
    assert "refuses the login" in problem_with(
        replace(imap.login(imap.new_user()), secret="sésam€"), USUAL_PATIENCE
    )


@pytest.mark.parametrize("secret", ["sesame", 'ses"am\\e 7', "Ses.*ame"])
@pytest.mark.parametrize("refusal", ["NO", "BAD"])
def test_a_server_that_repeats_the_password_does_not_get_it_shown(secret: str, refusal: str):
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    plain = base64.b64encode(f"\0victor\0{secret}".encode()).decode()
    for words in (secret, f'LOGIN victor "{quoted}"', secret.upper(), plain, "x" * 297 + secret):
        answer = f"TAG {refusal} Could not parse: {words}\r\n".encode()
        with scripted_imap(LOGIN=[answer]) as server:
            told = problem_with(replace(server.login, secret=secret))
        assert "refuses the login of 'victor'" in told
        for piece in (secret[:4], quoted[:4], plain[:9]):
            assert piece.lower() not in told.lower().partition("enter the user name")[0]


def test_the_rest_of_a_refusal_stays_with_the_password_hidden():
    answer = b'TAG BAD Could not parse: LOGIN victor "sesame"\r\n'
    with scripted_imap(LOGIN=[answer]) as server:
        told = problem_with(replace(server.login, secret="sesame"))
    assert 'Could not parse: LOGIN victor "•••"' in told


def test_a_later_answer_shows_no_password_either():
    with (
        scripted_imap(EXAMINE=[b"TAG NO [AUTH] sesame has expired\r\n"]) as server,
        connected(replace(server.login, secret="sesame"), HASTY) as connection,
        pytest.raises(FolderProblem, match="••• has expired"),
    ):
        connection.open("INBOX")


def test_a_server_that_takes_no_such_letters_is_named_for_it():
    with scripted_imap() as server:
        told = problem_with(replace(server.login, secret="geheim€42"))
    assert "127.0.0.1 takes no letters beyond ASCII in a user name or password." in told
    assert "geheim" not in told
    assert "20ac" not in told


def test_a_host_that_is_not_there_is_said():
    with scripted_imap() as gone:
        login = gone.login
    assert f"No connection to 127.0.0.1:{gone.port}" in problem_with(login)
    for host in ("imap.invalid", "a" * 70 + ".nl", ""):
        assert f"no server named {host!r}" in problem_with(replace(login, host=host))


@pytest.mark.parametrize("security", [Security.NONE, Security.TLS])
def test_a_server_that_says_nothing_is_given_up(security: Security):
    with scripted_imap(GREETING=[SILENCE]) as server:
        assert "does not answer" in problem_with(replace(server.login, security=security))


def test_what_is_no_imap_server_is_said():
    with scripted_imap(GREETING=[b"220 mail.example.nl ESMTP\r\n"]) as server:
        assert "does not speak IMAP" in problem_with(server.login)
        assert "does not begin with TLS" in problem_with(
            replace(server.login, security=Security.TLS)
        )


def test_a_server_without_starttls_gets_no_password():
    with scripted_imap() as server:
        assert "STARTTLS" in problem_with(replace(server.login, security=Security.STARTTLS))
        assert not [line for line in server.said if PASSWORD in line]


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize("end", [SILENCE, DROP])
def test_a_server_that_stops_talking_is_a_problem_of_the_mailbox(command: str, end: bytes):
    with scripted_imap(**{command: [b"* OK thinking\r\n" + end]}) as server:
        with pytest.raises(MailboxProblem), connected(server.login, HASTY) as connection:
            for uid in all_uids(connection):
                connection.fetch(uid)
        assert server.connections == 1


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "LIST", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize("end", [DRIP, CHATTER])
def test_a_server_that_talks_without_end_is_given_up(command: str, end: bytes):
    words = b"* 1 FETCH (UID 1 BODY[]<0> {900000}\r\n" if command == "FETCH" else b""
    begun = time.monotonic()
    with (
        scripted_imap(**{command: [words + end]}) as server,
        pytest.raises(MailboxProblem, match=r"too slow: no end of its answer after 0\.4 seconds"),
        connected(server.login, Patience(connect=5, read=5, answer=0.4)) as connection,
    ):
        connection.folders()
        for uid in all_uids(connection):
            connection.fetch(uid)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("end", [DRIP, CHATTER])
def test_a_greeting_without_end_is_given_up(end: bytes):
    begun = time.monotonic()
    with scripted_imap(GREETING=[end]) as server:
        assert "too slow" in problem_with(server.login, Patience(connect=5, read=5, answer=0.4))
    assert time.monotonic() - begun < 4


def test_the_time_for_an_answer_begins_with_each_question():
    """Else a folder of many mails could not be read."""
    with (
        scripted_imap(SEARCH=[b"* SEARCH 1\r\nTAG OK done\r\n"]) as server,
        connected(server.login, Patience(connect=5, read=5, answer=0.3)) as connection,
    ):
        begun = time.monotonic()
        while time.monotonic() - begun < 0.7:
            assert all_uids(connection) == [1]


def test_a_flood_of_words_fills_no_memory():
    with (
        scripted_imap(SEARCH=[FLOOD]) as server,
        pytest.raises(MailboxProblem, match="an answer of more than 8000000 bytes"),
        connected(server.login) as connection,
    ):
        folder = connection.open("INBOX")
        tracemalloc.start()
        try:
            list(connection.uids_after(0, folder))
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 12_000_000


def test_a_mail_that_comes_whole_unasked_is_passed_over_and_not_kept_in_memory():
    big = b"* 1 FETCH (UID 1 BODY[] {20000000}\r\n" + b"y" * 20_000_000 + b")\r\nTAG OK done\r\n"
    usual = b"* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\nTAG OK done\r\n"
    with scripted_imap(FETCH=[big, usual]) as server, connected(server.login) as connection:
        connection.open("INBOX")
        tracemalloc.start()
        with pytest.raises(MailProblem, match="sends 20000000 bytes where 1048576 at most"):
            connection.fetch(1)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        mail = connection.fetch(1)
    assert peak < 25_000_000  # the server's own copy of `big`, with its tag put in
    assert mail is not None
    assert mail.raw == b"hi"


def test_half_a_mail_is_no_mail():
    half = b"* 1 FETCH (UID 1 BODY[]<0> {900}\r\nFrom: receptie@hotel"
    with (
        scripted_imap(FETCH=[half + DROP]) as server,
        pytest.raises(MailboxProblem),
        connected(server.login, HASTY) as connection,
    ):
        connection.open("INBOX")
        connection.fetch(1)


@pytest.mark.parametrize(
    "answer",
    [
        b"TAG NO [SERVERBUG] cannot read the file\r\n",
        b"TAG BAD what\r\n",
        b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID one)\r\nTAG OK done\r\n",
        b"TAG OK done\r\n",
        b"* 1 FETCH ((((\r\nTAG OK done\r\n",
    ],
)
def test_a_mail_that_is_not_handed_over_costs_nothing_but_itself(answer: bytes):
    usual = b"* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\nTAG OK done\r\n"
    with (
        scripted_imap(FETCH=[answer, usual]) as server,
        connected(server.login, HASTY) as connection,
    ):
        connection.open("INBOX")
        with pytest.raises(MailProblem):
            connection.fetch(1)
        mail = connection.fetch(1)
    assert mail is not None
    assert (mail.raw, mail.arrived_at) == (b"hi", None)


def test_a_mail_without_an_answer_is_gone_only_where_no_search_finds_it():
    script = {"FETCH": [b"TAG OK done\r\n"], "SEARCH": [b"* SEARCH\r\nTAG OK done\r\n"]}
    with scripted_imap(**script) as server, connected(server.login, HASTY) as connection:
        connection.open("INBOX")
        assert connection.fetch(5) is None
    assert "UID SEARCH UID 5" in server.said


def test_a_server_that_sends_more_than_was_asked_for_is_cut():
    more = b"* 1 FETCH (UID 1 BODY[] {9}\r\n123456789)\r\nTAG OK done\r\n"
    with scripted_imap(FETCH=[more]) as server, connected(server.login, HASTY) as connection:
        connection.open("INBOX")
        mail = connection.fetch(1, most_bytes=4)
    assert mail is not None
    assert mail.raw == b"1234"


def test_a_folder_without_lasting_numbers_is_refused():
    with (
        scripted_imap(EXAMINE=[b"* 1 EXISTS\r\nTAG OK done\r\n"]) as server,
        connected(server.login, HASTY) as connection,
        pytest.raises(FolderProblem, match="UIDVALIDITY"),
    ):
        connection.open("INBOX")


def test_a_server_that_tells_no_next_number_is_asked_for_the_last():
    told = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK done\r\n"
    script = {"EXAMINE": [told], "SEARCH": [b"* SEARCH 41\r\nTAG OK done\r\n"]}
    with scripted_imap(**script) as server, connected(server.login, HASTY) as connection:
        assert connection.open("INBOX").next_uid == 42


def test_mails_are_only_peeked_at_in_folders_opened_for_reading():
    with scripted_imap() as server, connected(server.login, HASTY) as connection:
        for uid in all_uids(connection):
            connection.fetch(uid)
    said = [line for line in server.said if not line.startswith(("LOGIN", "CAPABILITY"))]
    assert said == [
        'EXAMINE "INBOX"',
        "UID SEARCH UID 1:1",
        "UID FETCH 1 (INTERNALDATE BODY.PEEK[]<0.1048576>)",
        "LOGOUT",
    ]
