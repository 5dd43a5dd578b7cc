"""Mails made to stop a reader: sizes, depths, and patterns' worst cases."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.tracking.reading.mails import auto_reply, dsn, mail, prose_bounce, reply

MEGABYTE = 1_000_000

# More than is read of any one part.
UNIT_BYTES = 250_000

# Repeated to that size, each is what some pattern or parser does worst.
UNITS = [
    "a", " ", "\n", "\r\n", "<", ">", "\n>", "\n--", "@", "a@", "<a@b", "a@b.c ", "<a@b.c>:\n",
    "-", "_", "On ", "On 1 a\n", "Van: a\nAan: b\n", "until the on ", "back on monday ", "1-1-",
    "1 may ", "user ", "mailbox user recipient ", "unknown ", "quota exceeded over ",
    "user is not ",
    "the host domain ", "message could not be ", "<div ", "<!--", "<style>", "<blockquote",
    "&amp;",
    "=?utf-8?B?", "5.1.1 ", "550 ", "<<< 550 ", "Final-Recipient: rfc822;a@b.c\n", "x: y\n",
    "---- original message ", "confirm your verify click ", "geen e mail remove me stop ",
    "host http://a.b.c.d.e.f.", "unsubscribe.1.", "<a /unsubscribe?m=1&t=",
    "wilt u geen e-mails meer van ", "heb habe have ", "keine a mails ", "don't send me any ",
    ">>> 1 ", "a ---1-1-1 ", "sender is blocked by the ", "not in on a allowed ",
    "haal mij a b van a b ", "remove my email from ",
    "vanaf du de le ", "! ", "weer er op 1 mei ",
    "\xe9", "\0", "=\n", '"', "\\", "(", "[",
]  # fmt: skip


def nested(depth: int) -> bytes:
    body, kind = "hi", "text/plain"
    for level in range(depth):
        body = f"--b{level}\nContent-Type: {kind}\n\n{body}\n--b{level}--\n"
        kind = f"multipart/mixed; boundary=b{level}"
    return reply(body, content_type=kind)


def enclosed(depth: int) -> bytes:
    return mail("Content-Type: message/rfc822\n\n" * depth, content_type="message/rfc822")


def bombs() -> Iterator[tuple[str, bytes]]:
    for unit in UNITS:
        body = unit * (UNIT_BYTES // len(unit))
        name = repr(unit)
        yield f"{name} in a reply", reply(body)
        yield f"{name} in HTML", reply(body, content_type="text/html")
        yield f"{name} in a bounce", prose_bounce(body)
        yield f"{name} in a report", dsn(body)
        yield f"{name} in a notice", auto_reply(body)
        yield f"{name} alone", body.encode()
        line = body.replace("\n", " ").replace("\r", " ")[:60_000]
        fields = ("Subject", "From", "References", "Content-Type", "X-Failed-Recipients")
        head = "".join(f"{field}: {line}\n" for field in fields)
        yield f"{name} in the head", f"{head}\nhello".encode()
    for depth in (10, 1_000, 20_000):
        yield f"{depth} parts in one another", nested(depth)
        yield f"{depth} mails in one another", enclosed(depth)
    yield "a part a line", reply("--x\n\na\n" * 150_000, content_type="multipart/mixed; boundary=x")
    yield "50 MB on one line", prose_bounce("x" * 50 * MEGABYTE)
    yield "50 MB of lines", reply("hello\n" * (50 * MEGABYTE // 6))
    attachment = "QUJD" * 19 + "\n"
    yield (
        "50 MB attached",
        reply(
            "--x\nContent-Type: text/plain\n\nGraag\n--x\nContent-Transfer-Encoding: base64\n\n"
            + attachment * (50 * MEGABYTE // len(attachment)),
            content_type="multipart/mixed; boundary=x",
        ),
    )


def mutated(raw: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """`raw` as lines, disks and programs break mail, and as somebody might on purpose."""
    mail = bytearray(raw)
    for _ in range(rng.randint(1, 8)):
        if not mail:
            break
        at = rng.randrange(len(mail))
        match rng.randrange(8):
            case 0:
                mail[at] = rng.randrange(256)
            case 1:
                del mail[at : at + rng.randint(1, 200)]
            case 2:
                begin = rng.randrange(len(mail))
                mail[at:at] = mail[begin : begin + rng.randint(1, 2_000)]
            case 3:
                mail[at:at] = rng.randbytes(rng.randint(1, 40))
            case 4:
                piece = rng.choice([b"\r\n\r\n", b"\n", b"\0", b"=?utf-8?B?", b"<", b'"', b"--"])
                mail[at:at] = piece * rng.randint(1, 400)
            case 5:
                del mail[at:]
            case 6:
                mail[at:at] = rng.choice(others)[: rng.randint(1, 5_000)]
            case _:
                lines = bytes(mail).split(b"\n")
                rng.shuffle(lines)
                mail = bytearray(b"\n".join(lines))
    return bytes(mail)
