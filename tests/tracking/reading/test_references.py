from __future__ import annotations

from tests.tracking.reading.mails import ALIAS, OUR_ID, mail, prose_bounce, reply
from tracking.reading import SignedReference, read_mail

TOKEN = "abcdefghijklmnopqrstuv"


def test_a_reply_names_the_mail_that_it_answers_first():
    raw = mail(
        "Graag.",
        headers="In-Reply-To: <b@x.nl>\nReferences: <a@x.nl>\n <b@x.nl>\n <c@x.nl>\n",
    )
    assert read_mail(raw).references.thread == ("b@x.nl", "c@x.nl", "a@x.nl")


def test_a_mail_that_came_back_is_named_by_both_its_headers():
    returned = "X-Campaign-Message-ID: ours@x.nl\nMessage-ID: <rewritten@gateway.nl>\n"
    text = f"<a@b.nl>: user unknown\n\n--- Below this line is a copy of the message.\n\n{returned}"
    read = read_mail(prose_bounce(text))
    assert read.references.returned == ("ours@x.nl", "rewritten@gateway.nl")


def test_the_signed_return_path_is_read_from_whom_the_mail_came_to():
    raw = prose_bounce("User unknown").replace(
        f"To: {ALIAS}".encode(), f"To: bounce+4711.{TOKEN}@punthelder-seo.nl".encode()
    )
    assert read_mail(raw).references.signed == (SignedReference("return-path", 4711, TOKEN),)


def test_our_opt_out_link_in_the_quote_is_a_reference():
    text = f"Graag!\n\n> https://m.nl/unsubscribe?m=4711&t={TOKEN}\n"
    assert read_mail(reply(text)).references.signed == (
        SignedReference("unsubscribe", 4711, TOKEN),
    )


def test_a_report_that_tells_our_id_in_prose_names_our_mail():
    text = f"This report relates to a message:\n\n  Message-id: <{OUR_ID}>\n\n<a@b.nl>: full"
    read = read_mail(prose_bounce(text))
    assert read.references.returned == (OUR_ID,)
    assert [r.address for r in read.recipients] == ["a@b.nl"]


def test_what_is_no_id_is_no_reference():
    raw = mail("Ja", headers="In-Reply-To: your mail of Monday\nReferences: <> <x>\n")
    assert read_mail(raw).references.message_ids == ()


def test_each_id_is_named_once():
    raw = mail("Ja", headers=f"In-Reply-To: <{OUR_ID}>\nReferences: <{OUR_ID}> <{OUR_ID}>\n")
    assert read_mail(raw).references.message_ids == (OUR_ID,)
