"""The one way in: raw bytes → ReadMail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracking.reading.auto_reply import automatic_reply, is_marked
from tracking.reading.auto_reply_words import ANSWERED
from tracking.reading.body_text import own_body, own_body_unquoted
from tracking.reading.bounce import DeliveryReport, read_report, returned_headers
from tracking.reading.complaint import SAYS_NO, read_complaint
from tracking.reading.intent import intent_of, is_invitation
from tracking.reading.opt_out import OptOut, opt_out_in
from tracking.reading.own_words import own_words, quotes_something
from tracking.reading.parts import Letter, parse_letter
from tracking.reading.references import opt_out_reference, references_of
from tracking.reading.return_dates import return_date_in
from tracking.reading.values import AutoReplySort, Complaint, Intent, Kind, ReadMail

_LONGEST_OWN_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class _Contents:
    """A letter and what was found in it, read once."""

    letter: Letter
    raw: bytes
    subject: str
    body: str


def read_mail(raw: bytes) -> ReadMail:
    """What `raw` is, and what it says. Never raises; a mail that nobody can read is `other`.

    Of a mail above 1 MB the first one is read, and `is_cut` says so.
    """
    try:
        return read_unguarded(raw)
    except Exception:  # strangers write mail, and one must not stop the ones behind it
        return ReadMail(Kind.OTHER)


def read_unguarded(raw: bytes) -> ReadMail:
    """The same without a net: tests look for what it would catch."""
    letter = parse_letter(raw)
    headers = letter.headers
    body = own_body(letter)
    returned = returned_headers(letter, body)
    contents = _Contents(letter, raw, headers.text("subject"), body)
    mail = ReadMail(
        kind=Kind.OTHER,
        message_id=next(iter(headers.message_ids("message-id")), ""),
        from_address=headers.address("from"),
        to_addresses=headers.addresses("to"),
        cc_addresses=headers.addresses("cc"),
        subject=contents.subject,
        date=headers.date(),
        references=references_of(letter, returned, body),
        is_cut=letter.is_cut,
    )
    if complaint := read_complaint(letter, returned):
        return _complained(mail, complaint, letter)
    if opt_out_reference(contents.subject):
        # Mail programs and providers send it by themselves, and mark it as a machine's.
        return _opted_out(mail, _own_text(letter))
    report = read_report(letter, raw)
    if report is not None and not _is_notice(contents, report):
        return _reported(mail, report)
    return _written(mail, contents)


def _is_notice(contents: _Contents, report: DeliveryReport) -> bool:
    """Some absence notices come dressed as reports on a delivery, without a failed recipient."""
    return not report.recipients and automatic_reply(contents.letter, contents.body) is not None


def _complained(mail: ReadMail, complaint: Complaint, letter: Letter) -> ReadMail:
    kind = Kind.COMPLAINT if complaint.feedback_type in SAYS_NO else Kind.OTHER
    is_prose = not any(part.is_returned for part in letter.parts)
    return replace(mail, kind=kind, complaint=complaint, is_prose=is_prose)


def _reported(mail: ReadMail, report: DeliveryReport) -> ReadMail:
    if report.is_challenge:
        return replace(
            mail,
            kind=Kind.AUTO_REPLY,
            auto_reply=AutoReplySort.CHALLENGE,
            recipients=report.recipients,
        )
    kind = Kind.BOUNCE if report.has_failed else Kind.OTHER
    is_prose = not report.is_structured
    return replace(mail, kind=kind, recipients=report.recipients, is_prose=is_prose)


def _written(mail: ReadMail, contents: _Contents) -> ReadMail:
    """Neither a report nor a complaint: a person, or a machine in a person's name."""
    text = _own_text(contents.letter)
    automatic = automatic_reply(contents.letter, text)
    if automatic is not None:
        mail = replace(mail, auto_reply=automatic.sort, is_unclear=automatic.is_unclear)
        return _auto_replied(replace(mail, own_text=text))
    if _is_bulk(contents.letter) and not _names_a_mail(mail):
        return replace(mail, own_text=text)
    opt_out = opt_out_in(contents.subject, text)
    if opt_out is OptOut.YES:
        return _opted_out(mail, text)
    kind = Kind.REPLY if _answers_something(mail, contents) else Kind.OTHER
    is_doubtful = opt_out is OptOut.PERHAPS
    mail = replace(
        mail,
        kind=kind,
        own_text=text,
        intent=_intent(contents.letter, text),
        may_opt_out=is_doubtful,
    )
    return _with_return_date(mail) if mail.intent is Intent.OUT_OF_OFFICE else mail


def _intent(letter: Letter, text: str) -> Intent:
    intent = intent_of(text)
    return Intent.MEETING if intent is Intent.NONE and is_invitation(letter) else intent


def _own_text(letter: Letter) -> str:
    return own_words(own_body_unquoted(letter))[:_LONGEST_OWN_TEXT]


def _opted_out(mail: ReadMail, text: str) -> ReadMail:
    return replace(mail, kind=Kind.UNSUBSCRIBE, own_text=text, intent=Intent.UNSUBSCRIBE)


def _answers_something(mail: ReadMail, contents: _Contents) -> bool:
    return bool(
        _names_a_mail(mail) or ANSWERED.match(contents.subject) or quotes_something(contents.body)
    )


def _names_a_mail(mail: ReadMail) -> bool:
    return bool(mail.references.thread or mail.references.signed)


def _auto_replied(mail: ReadMail) -> ReadMail:
    """Words of opting out are a machine's as a rule, and a person's now and then whose program
    marks all mail: a person judges."""
    mail = replace(mail, kind=Kind.AUTO_REPLY)
    if mail.auto_reply is AutoReplySort.OUT_OF_OFFICE:
        mail = _with_return_date(replace(mail, intent=Intent.OUT_OF_OFFICE))
    elif mail.is_unclear:
        mail = replace(mail, intent=intent_of(mail.own_text))
    if opt_out_in(mail.subject, mail.own_text) is not OptOut.NO:
        return replace(mail, intent=Intent.UNSUBSCRIBE)
    return mail


def _with_return_date(mail: ReadMail) -> ReadMail:
    """Without a Date, "until Monday" is any Monday: nothing is better than a guess."""
    if mail.date is None:
        return mail
    text = f"{mail.subject} . {mail.own_text}"
    return replace(mail, return_date=return_date_in(text, mail.date.date()))


def _is_bulk(letter: Letter) -> bool:
    """Newsletters and lists (RFC 2919, RFC 2369): people answer through groups, too."""
    headers = letter.headers
    return (
        headers.has("list-id")
        or headers.has("list-unsubscribe")
        or headers.get("precedence").strip().lower() in ("bulk", "list", "junk")
    ) and not is_marked(letter)
