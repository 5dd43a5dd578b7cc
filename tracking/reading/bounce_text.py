"""Bounces in prose: is it one, whom is it about, and what is said of each address.

For the many servers that send no RFC 3464 report, or one without the reason in it.
"""

from __future__ import annotations

import re

from tracking.reading import bounce_words as words
from tracking.reading.parts import Letter

_LONGEST_REPORT = 20_000
_LONGEST_CONTEXT = 1_500
_MOST_ADDRESSES = 50

_ADDRESS = re.compile(
    r"[^\x00-\x20\x7f<>()\[\]\",;:@'*|=]{1,64}@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}", re.ASCII
)
_TRANSLATION = re.compile(r"^\d{3} \d\.\d\.\d [^\n]{1,300}\.\.\. ")
_REMOTE_LINE = re.compile(
    r"^.{0,200}?(?:<<<|>>>?|\bsaid:|\breason:|\bresponse(?: was)?:|\breplied:|\breturned:)", re.I
)


def is_from_daemon(letter: Letter) -> bool:
    """A mail server speaks, by the names that they go by; `<>` is nobody's address."""
    sender = letter.headers.get("from")
    return bool(
        words.DAEMON_ADDRESS.search(letter.headers.address("from"))
        or words.DAEMON_NAME.search(letter.headers.display_name("from") or sender[:200])
        or (letter.headers.has("from") and not _ADDRESS.search(sender) and "<>" in sender)
        or letter.headers.has("x-failed-recipients")
    )


def is_bounce_in_prose(letter: Letter, report: str, subject: str) -> bool:
    """Two things must meet: who speaks or how it is titled, and that a delivery failed.

    A person who forwards a bounce, or asks about one, is no mail server.
    """
    says_so = bool(words.FAILED.search(report))
    is_answer = bool(words.ANSWERED.match(subject))
    is_titled = bool(words.SUBJECT.search(subject)) and not is_answer
    is_automatic = _is_automatic(letter)
    if is_from_daemon(letter) and not is_answer:  # small firms' people write as postmaster, too
        tells = says_so and (is_automatic or bool(words.REPORT.search(report)))
        return is_titled or tells or bool(words.DELAYED.search(report))
    if is_titled and not _is_from_list(letter):
        names_somebody = words.REPORT.search(report) and _ADDRESS.search(report)
        return says_so and bool(names_somebody or words.SERVERS_ONLY.search(report))
    return is_automatic and says_so and bool(words.SERVERS_ONLY.search(report))


def _is_automatic(letter: Letter) -> bool:
    is_nobody = letter.headers.get("return-path").replace(" ", "") in ("<>", "<MAILER-DAEMON>")
    return is_nobody or letter.headers.get("auto-submitted").lower().startswith("auto-")


def _is_from_list(letter: Letter) -> bool:
    return any(letter.headers.has(name) for name in ("in-reply-to", "list-id", "list-unsubscribe"))


def is_delay(report: str, subject: str) -> bool:
    """Nothing has ended: the server goes on trying (RFC 3461 §4.1, DELAY)."""
    if words.DELAYED_SUBJECT.search(subject):
        return True
    return bool(words.DELAYED.search(report)) and not words.GIVEN_UP.search(report)


def report_of(body: str) -> str:
    """What the server itself says: the mail that it returns, and all below, cut off."""
    body = body[:_LONGEST_REPORT]
    return _without_translations(body[: _start_of_copy(body)])


def _start_of_copy(body: str) -> int | None:
    found = words.RETURNED.search(body)
    while found and not body[: found.start()].strip():  # it begins with such a line
        found = words.RETURNED.search(body, found.end())
    return found.start() if found else None


def _without_translations(report: str) -> str:
    """Sendmail says "550 5.1.1 <a@b.nl>... User unknown" below any refusal that it quotes."""
    if "<<<" not in report:
        return report
    lines = report.split("\n")
    return "\n".join(line for line in lines if not _TRANSLATION.match(line))


def returned_copy(body: str) -> str:
    """The other half: what `report_of` cut off."""
    found = _start_of_copy(body[:_LONGEST_REPORT])
    return "" if found is None else body[found:]


def marked_addresses(report: str) -> list[str]:
    """Those that stand where servers put the failed ones; no repeats, in order."""
    return _clean([match[1] for match in words.FAILED_ADDRESS.finditer(report)])


def mentioned_addresses(report: str) -> list[str]:
    """All but those that never are the failed ones (contacts, senders)."""
    return _clean(_ADDRESS.findall(words.NO_RECIPIENT.sub(" ", report)))


def _clean(found: list[str]) -> list[str]:
    clean = (address.strip("'`.-=").lower() for address in found)
    return list(dict.fromkeys(a for a in clean if _ADDRESS.fullmatch(a)))[:_MOST_ADDRESSES]


def context_of(address: str, report: str, others: list[str]) -> str:
    """What the report says of `address`: from where it is named to where another one is; all of
    it where there is one address, or where no word stands behind it."""
    if not others or address not in report.lower():
        return _telling(report)
    lower = report.lower()
    begin = lower.index(address)
    ends = [at for other in others if (at := lower.find(other, begin + len(address))) > 0]
    end = min(ends, default=len(report))
    piece = report[begin + len(address) : end]
    if len(piece.split()) < 3:  # a list of addresses, and one reason for all
        return _telling(report)
    before = lower.rfind("\n", 0, begin) + 1
    return report[before : min(end, begin + _LONGEST_CONTEXT)]


def _telling(report: str) -> str:
    """The lines in which the other server is quoted, where there are some; else all."""
    lines = report.split("\n")
    quoted = [
        " ".join(lines[number : number + 4])
        for number, line in enumerate(lines)
        if line.lstrip().startswith("<<<") or _REMOTE_LINE.match(line)
    ]
    return "\n".join(quoted)[:_LONGEST_CONTEXT] if quoted else report[:_LONGEST_REPORT]
