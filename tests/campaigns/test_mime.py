"""The bytes on the wire, read back by a parser that shares nothing with the writer's policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.mail import Attachment, CannotComposeError, ComposedMail, InlineImage
from campaigns.mime import as_bytes

AT = datetime(2026, 6, 1, 6, tzinfo=UTC)
OPT_OUT = "https://mail.punthelder.example/unsubscribe?m=123456789&t=KpXq3r9Zc1vB7nM5tY2uWa"
OPT_OUT_MAIL = (
    "mailto:unsubscribe@punthelder-zoekmachine.nl?subject=unsubscribe.123456789.KpXq3r9Zc1vB7nM5tY2"
)
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
PICTURE = InlineImage("picture-7@punthelder.nl", "gevel.png", PNG, "image/png")
REPORT = Attachment("Rapport Hôtel & Zoon.pdf", b"%PDF-1.4\n\xff", "application/pdf")

MAIL = ComposedMail(
    message_id="3f0c@punthelder.nl",
    sender_name="Christian",
    sender_address="christian@punthelder.nl",
    recipient="info@hotel.example",
    subject="Vraag over uw website",
    html="<p>Dag</p>",
    text="Dag",
    reply_to="antwoord@punthelder.nl",
    headers={
        "X-Campaign-Message-ID": "3f0c@punthelder.nl",
        "List-Unsubscribe": f"<{OPT_OUT}>, <{OPT_OUT_MAIL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
)


def parsed(mail: ComposedMail = MAIL) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(as_bytes(mail, AT))


def raw(mail: ComposedMail) -> Message:
    """As an old parser sees it: nothing decoded."""
    return message_from_bytes(as_bytes(mail, AT))


def test_those_in_cc_stand_in_the_head():
    many = tuple(f"iemand{number}@hotel.example" for number in range(20))
    mail = parsed(replace(MAIL, cc=many))
    assert tuple(address for _, address in getaddresses([mail["Cc"]])) == many
    assert f"Cc: {many[0]},\r\n {many[1]},\r\n".encode() in as_bytes(replace(MAIL, cc=many), AT)
    assert parsed()["Cc"] is None


@pytest.mark.parametrize("copy", ["a@b.nl, c@d.nl", "a@b.nl\nBcc: c@d.nl", "Jan <a@b.nl>", ""])
def test_what_is_no_plain_address_cannot_stand_in_cc(copy: str):
    with pytest.raises(CannotComposeError):
        replace(MAIL, cc=(copy,))


def structure(part: EmailMessage) -> object:
    if not part.is_multipart():
        return part.get_content_type()
    return {part.get_content_type(): [structure(inner) for inner in part.iter_parts()]}


def lines(part: EmailMessage) -> list[str]:
    """The mail's line ends are CRLF, those of the parts that went in are LF."""
    return part.get_content().splitlines()


def test_the_headers_say_who_to_whom_what_and_when() -> None:
    headers = parsed()

    assert headers["From"] == "Christian <christian@punthelder.nl>"
    assert headers["To"] == "info@hotel.example"
    assert headers["Reply-To"] == "antwoord@punthelder.nl"
    assert headers["Subject"] == "Vraag over uw website"
    assert headers["Message-ID"] == "<3f0c@punthelder.nl>"
    assert headers["X-Campaign-Message-ID"] == "3f0c@punthelder.nl"
    assert headers["Date"].datetime == AT
    assert headers["Precedence"] is None


def test_without_a_reply_to_there_is_no_such_header() -> None:
    assert parsed(replace(MAIL, reply_to=""))["Reply-To"] is None


def test_the_opt_out_header_is_folded_between_its_addresses_and_never_encoded() -> None:
    wire = as_bytes(MAIL, AT).decode()

    assert f"\r\nList-Unsubscribe: <{OPT_OUT}>,\r\n <{OPT_OUT_MAIL}>\r\n" in wire
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire
    # RFC 5322 §2.2.3: unfolding takes out the line end and nothing else.
    unfolded = raw(MAIL)["List-Unsubscribe"].replace("\r\n", "").replace("\n", "")
    assert unfolded == f"<{OPT_OUT}>, <{OPT_OUT_MAIL}>"


def test_references_of_a_long_thread_are_folded_between_the_ids() -> None:
    ids = [f"<{n:032x}-{n:08x}@punthelder-zoekmachine.nl>" for n in range(12)]
    thread = {"In-Reply-To": ids[-1], "References": " ".join(ids)}
    mail = raw(replace(MAIL, headers=thread))

    assert mail["References"].replace("\r\n", "").replace("\n", "").split() == ids
    assert mail["In-Reply-To"] == ids[-1]
    assert max(map(len, as_bytes(replace(MAIL, headers=thread), AT).splitlines())) < 998


def test_an_html_mail_is_an_alternative_with_the_text_first() -> None:
    assert structure(parsed()) == {"multipart/alternative": ["text/plain", "text/html"]}


def test_a_mail_of_text_only_has_one_part_and_no_empty_html() -> None:
    message = parsed(replace(MAIL, html=""))

    assert structure(message) == "text/plain"
    assert lines(message) == ["Dag"]


def test_pictures_hang_beside_the_html_and_documents_beside_both() -> None:
    message = parsed(replace(MAIL, inline_images=(PICTURE,), attachments=(REPORT,)))

    assert structure(message) == {
        "multipart/mixed": [
            {
                "multipart/alternative": [
                    "text/plain",
                    {"multipart/related": ["text/html", "image/png"]},
                ]
            },
            "application/pdf",
        ]
    }
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<picture-7@punthelder.nl>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PNG


def test_a_picture_of_a_long_domain_is_found_by_its_id():
    content_id = f"picture-7@{'zoekmachine-optimalisatie-' * 4}hotels.nl"
    picture = replace(PICTURE, content_id=content_id)
    assert f"\r\nContent-ID: <{content_id}>\r\n".encode() in as_bytes(
        replace(MAIL, inline_images=(picture,)), AT
    )


def test_a_document_keeps_its_bytes_and_its_name() -> None:
    (document,) = parsed(replace(MAIL, attachments=(REPORT,))).iter_attachments()

    assert document.get_filename() == "Rapport Hôtel & Zoon.pdf"
    assert document.get_content_disposition() == "attachment"
    assert document.get_content() == REPORT.content


def test_umlauts_and_emoji_survive_seven_bits() -> None:
    mail = replace(
        MAIL,
        sender_name='Renée "Zoë" Müller, Punthelder',
        subject="Größere Sichtbarkeit für Hôtel Zoë 🏨",
        text="Één café\n.\n",
        html="<p>Één café 🏨</p>",
    )
    wire, message = as_bytes(mail, AT), parsed(mail)

    assert wire.isascii()
    assert message["Subject"] == mail.subject
    assert message["From"].addresses[0].display_name == mail.sender_name
    assert message["From"].addresses[0].addr_spec == mail.sender_address
    assert lines(message.get_body(("plain",))) == ["Één café", "."]
    assert lines(message.get_body(("html",))) == ["<p>Één café 🏨</p>"]


ONE_LINE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=250)


@given(ONE_LINE.map(lambda text: " ".join(text.split())).filter(bool))
def test_any_subject_of_one_line_comes_back_as_it_was(subject: str) -> None:
    wire = as_bytes(replace(MAIL, subject=subject), AT)

    assert wire.isascii()
    assert BytesParser(policy=default).parsebytes(wire)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(wire)["Subject"]))) == subject
    assert max(map(len, wire.splitlines())) <= 998


def test_a_long_line_of_html_never_makes_a_long_line_on_the_wire() -> None:
    html = "<p>" + "é" * 5_000 + "</p>"
    wire = as_bytes(replace(MAIL, html=html), AT)

    headers, _, body = wire.partition(b"\r\n\r\n")
    assert headers
    assert max(map(len, body.splitlines())) <= 78
    assert lines(parsed(replace(MAIL, html=html)).get_body(("html",))) == [html]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["subject", "sender_name", "message_id"])
def test_a_line_end_in_a_header_is_no_mail(field: str, line_end: str) -> None:
    with pytest.raises(CannotComposeError, match="line break or another control character"):
        replace(MAIL, **{field: f"x{line_end}Bcc: victim@x.example"})


def test_what_no_file_name_or_header_may_hold_is_no_mail() -> None:
    bad = "x\r\nBcc: victim@x.example"
    for change in (
        {"headers": {"X-Note": bad}},
        {"headers": {bad: "x"}},
        {"attachments": (replace(REPORT, filename=bad),)},
        {"inline_images": (replace(PICTURE, filename=bad),)},
        {"inline_images": (replace(PICTURE, content_id=bad),)},
        {"headers": {"List-Unsubscribe": "<https://bücher.example/>"}},
    ):
        with pytest.raises(CannotComposeError):
            replace(MAIL, **change)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b.nl, c@d.nl", "a@b.nl\r\nBcc: c@d.nl", "A <a@b.nl>", "é@b.nl", "a@bü.nl",
     "a b@c.nl", "a@b@c.nl", '"a"@b.nl', "a@b.nl;c@d.nl", "(x)a@b.nl"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["recipient", "sender_address"])
def test_anything_but_one_plain_address_is_no_mail(field: str, address: str) -> None:
    with pytest.raises(CannotComposeError, match="is not one plain e-mail address"):
        replace(MAIL, **{field: address})


def test_an_odd_reply_to_is_no_mail() -> None:
    with pytest.raises(CannotComposeError, match="reply-to"):
        replace(MAIL, reply_to="a@b.nl, c@d.nl")


def name_and_address(mail: ComposedMail) -> tuple[str, str]:
    """Of the From header. Not by the parser of `default`, which forgets to join two encoded words
    of a name (RFC 2047 §6.2)."""
    ((name, address),) = getaddresses([raw(mail)["From"]])
    return str(make_header(decode_header(name))), address


@given(ONE_LINE.map(lambda text: " ".join(text.split())[:100].strip()).filter(bool))
def test_any_name_of_a_sender_comes_back_beside_its_one_address(name: str) -> None:
    assert name_and_address(replace(MAIL, sender_name=name)) == (name, MAIL.sender_address)


BODY = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)


@given(ONE_LINE.map(lambda text: " ".join(text.split())).filter(bool), BODY, BODY, st.booleans())
def test_any_mail_comes_back_as_it_was(subject: str, text: str, html: str, full: bool) -> None:
    files = {"inline_images": (PICTURE,), "attachments": (REPORT,)} if full else {}
    mail = replace(MAIL, subject=subject, text=text, html=html, **files)
    wire = as_bytes(mail, AT)
    message = BytesParser(policy=default).parsebytes(wire)

    assert message["Subject"] == subject
    assert message["To"].addresses[0].addr_spec == MAIL.recipient
    assert message["Reply-To"].addresses[0].addr_spec == MAIL.reply_to
    assert {name: message[name] for name in MAIL.headers} == MAIL.headers
    for kind, written in {"plain": text, **({"html": html} if html else {})}.items():
        part = message.get_body((kind,))
        assert part.get_payload(decode=True).splitlines() == (
            written.encode().splitlines() or [b""]
        )
    files = [part.get_content() for part in message.walk() if part.get_filename()]
    assert files == ([PNG] if full and html else []) + ([REPORT.content] if full else [])
    assert not any(part.defects for part in message.walk())
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.count(b"\n") == wire.count(b"\r") == wire.count(b"\r\n")


def test_the_same_mail_gives_the_same_bytes() -> None:
    mail = replace(MAIL, inline_images=(PICTURE,), attachments=(REPORT,))
    assert as_bytes(mail, AT) == as_bytes(replace(mail), AT)


@pytest.mark.parametrize("written", ["=?utf-8?q?Gratis?=", "a =?x?b?YQ==?= b"])
def test_what_only_looks_encoded_is_shown_as_it_was_written(written: str) -> None:
    mail = replace(MAIL, subject=written, sender_name=written)
    assert parsed(mail)["Subject"] == written
    assert name_and_address(mail) == (written, MAIL.sender_address)


def test_a_long_name_of_a_sender_is_folded_before_the_address() -> None:
    name = "Christian van Punthelder Vindbaarheid, advies voor hotels en pensions in Nederland"
    assert (
        f'From: "{name}"\r\n <christian@' in as_bytes(replace(MAIL, sender_name=name), AT).decode()
    )


def test_the_related_part_names_the_type_of_its_root() -> None:
    message = parsed(replace(MAIL, inline_images=(PICTURE,)))
    related = next(p for p in message.walk() if p.get_content_type() == "multipart/related")
    assert related.get_param("type") == "text/html"


def test_a_long_name_of_a_file_comes_back() -> None:
    name = "Rapport " + "é" * 200 + ".pdf"
    (document,) = parsed(replace(MAIL, attachments=(replace(REPORT, filename=name),))
                         ).iter_attachments()  # fmt: skip
    assert document.get_filename() == name


def test_a_name_with_umlauts_and_punctuation_keeps_its_blanks() -> None:
    name = "Zoë Müller (Punthelder) : vindbaarheid en advies voor hotels"
    assert name_and_address(replace(MAIL, sender_name=name)) == (name, MAIL.sender_address)
