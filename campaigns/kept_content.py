"""What was really sent, kept: a person can read it, and another attempt is the same mail."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.exceptions import ObjectDoesNotExist

from campaigns.mail import Attachment, CannotComposeError, ComposedMail, InlineImage
from campaigns.models import Message, MessageContent
from campaigns.pictures import inline_image, report_attachment
from leads.models import ImageAsset, Report
from mailsuite.lib.copying import copy_rows

_COLUMNS = (
    "message_id", "sender", "subject", "html", "text", "headers", "inline_images", "report_id",
)  # fmt: skip


def keep(mails: Mapping[int, ComposedMail]) -> None:
    """Store each mail as the content of the message with its id, but for those that were
    restored from it: they are the same mail.

    The caller holds the messages. COPY, because quoting a mail for INSERT takes as long as
    composing it.
    """
    fresh = [(pk, mail) for pk, mail in mails.items() if not mail.is_kept]
    if fresh:
        copy_rows(MessageContent, _COLUMNS, (_row(pk, mail) for pk, mail in fresh))


def _row(message_id: int, mail: ComposedMail) -> tuple[object, ...]:
    reports = [one.report_id for one in mail.attachments if one.report_id is not None]
    return (
        message_id,
        f"{mail.sender_name} <{mail.sender_address}>",
        mail.subject,
        mail.html,
        mail.text,
        json.dumps(dict(mail.headers)),
        json.dumps({image.content_id: image.key for image in mail.inline_images}),
        reports[0] if reports else None,
    )


def restore(message: Message) -> ComposedMail | None:
    """The mail as it was composed before; None where this is the first time.

    The recipient and the reply-to are today's: whoever corrected an address wants it used.
    Pictures and report are read again from their files. Raises CannotComposeError where one
    is gone.
    """
    try:
        content: MessageContent = message.content
    except ObjectDoesNotExist:
        return None
    name, _, address = content.sender.rpartition(" <")
    return ComposedMail(
        message_id=message.smtp_message_id,
        sender_name=name,
        sender_address=address.removesuffix(">"),
        reply_to=message.alias.reply_to,
        recipient=message.lead.email,
        subject=content.subject,
        html=content.html,
        text=content.text,
        headers=content.headers,
        inline_images=_images(content),
        attachments=_attachments(content),
        is_kept=True,
    )


def _images(content: MessageContent) -> tuple[InlineImage, ...]:
    keys = content.inline_images
    if not keys:
        return ()
    assets = ImageAsset.objects.in_bulk(list(keys.values()), field_name="key")
    for key in keys.values():
        if key not in assets:
            raise CannotComposeError(
                f"The picture {key!r} of this mail has been deleted. Upload it again."
            )
    return tuple(inline_image(assets[key], content_id) for content_id, key in keys.items())


def _attachments(content: MessageContent) -> tuple[Attachment, ...]:
    if content.report_id is None:
        return ()
    report = Report.objects.filter(pk=content.report_id).first()
    if report is None:
        raise CannotComposeError("The report that this mail carried has been deleted.")
    return (report_attachment(report),)
