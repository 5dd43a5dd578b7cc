"""A message → the mail that leaves. What it looks like is decided here and nowhere else.

context → render (templates_app) → tracked links → visible way out → pixel → headers. Previews and
test mails take the same way; they differ in the addresses that they carry (tracking_urls) and in
that a missing variable shows its name instead of stopping them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import lru_cache

from campaigns import marking
from campaigns.kept_content import restore
from campaigns.mail import CannotComposeError, ComposedMail, InlineImage
from campaigns.models import Campaign, Message, SenderAlias
from campaigns.pictures import Pictures, inline_image, pictures_for, report_of
from campaigns.samples import SAMPLE_ALIAS
from campaigns.threads import Thread, thread_before
from campaigns.tracking_urls import OwnAddresses, addresses_of, preview_addresses
from leads.models import Lead
from templates_app.dialect import LEAD_FIELDS
from templates_app.models import TemplateVersion
from templates_app.rendering import preview, render
from templates_app.sandbox import compile_template
from templates_app.values import (
    MissingVariables,
    RenderContext,
    RenderedMail,
    RenderFailed,
    TemplateRefused,
    TemplateSource,
)

TEST_MARK = "[Test] "


@dataclass(frozen=True, slots=True)
class _Letter:
    """Everything that one mail is made of, real or not."""

    source: TemplateSource
    lead: Lead
    alias: SenderAlias
    campaign_name: str
    message_id: str
    addresses: OwnAddresses
    thread: Thread


def compose(message: Message) -> ComposedMail:
    """The mail of `message`; on a second attempt the very same one as on the first.

    Raises CannotComposeError, in words for the marketer, when it cannot be made. Call it
    outside a transaction: it stores new links and reads files.
    """
    kept = restore(message)
    if kept is not None:
        return kept
    letter = _Letter(
        source=_source(message.template_version_id),
        lead=message.lead,
        alias=message.alias,
        campaign_name=message.campaign.name,
        message_id=message.smtp_message_id,
        addresses=addresses_of(message),
        thread=thread_before(message),
    )
    mail = _write(letter, is_preview=False)
    if not message.step.attach_report:
        return mail
    return replace(mail, attachments=(report_of(message.lead),))


def compose_preview(
    version: TemplateVersion,
    lead: Lead,
    *,
    campaign: Campaign | None = None,
    alias: SenderAlias | None = None,
    thread: Thread | None = None,
) -> ComposedMail:
    """What would be sent to `lead` below `thread`, with links, pixel and opt-out that lead nowhere.

    Variables without a value stand in it as "[lead.company]" and are named in its `missing`.
    `lead`, `campaign` and `alias` may be unsaved; without an alias the sender is made up.
    Writes nothing. Raises CannotComposeError.
    """
    alias = alias or SAMPLE_ALIAS
    campaign = campaign or Campaign(name=version.template.name)
    addresses = preview_addresses(
        alias.domain.name, opens=campaign.track_opens, clicks=campaign.track_clicks
    )
    letter = _Letter(
        source=_source_of(version),
        lead=lead,
        alias=alias,
        campaign_name=campaign.name,
        message_id=f"preview@{alias.domain.name}",
        addresses=addresses,
        thread=thread or Thread(),
    )
    return _write(letter, is_preview=True)


def compose_test(
    version: TemplateVersion, lead: Lead, *, alias: SenderAlias, recipient: str
) -> ComposedMail:
    """A preview that is really sent, to `recipient`: marked as a test, its links untracked so
    that they can be tried out, without a pixel. Raises CannotComposeError."""
    untracked = Campaign(name=version.template.name, track_opens=False, track_clicks=False)
    mail = compose_preview(version, lead, campaign=untracked, alias=alias)
    message_id = f"test.{uuid.uuid4()}@{alias.domain.name}"
    return replace(
        mail,
        message_id=message_id,
        recipient=recipient,
        subject=f"{TEST_MARK}{mail.subject}",
        headers={**mail.headers, "X-Campaign-Message-ID": message_id},
    )


def _write(letter: _Letter, *, is_preview: bool) -> ComposedMail:
    pictures, body = _render(letter, is_preview=is_preview)
    addresses = letter.addresses
    html = _marked(body.html, addresses) if body.html else ""
    return ComposedMail(
        message_id=letter.message_id,
        sender_name=" ".join(letter.alias.sender_name.split()),
        sender_address=letter.alias.address,
        reply_to=letter.alias.reply_to,
        recipient=letter.lead.email,
        subject=letter.thread.subject_of_reply(body.subject),
        html=html,
        text=marking.text_with_opt_out(body.text, addresses.opt_out),
        headers=_headers(letter),
        inline_images=_images(pictures, body),
        missing=body.missing,
    )


def _render(letter: _Letter, *, is_preview: bool) -> tuple[Pictures, RenderedMail]:
    try:
        variables = compile_template(letter.source).variables
        pictures = pictures_for(variables, letter.lead, letter.alias.domain.name)
        make = preview if is_preview else render
        return pictures, make(letter.source, _context(letter, pictures))
    except (TemplateRefused, RenderFailed, MissingVariables) as problem:
        raise CannotComposeError(str(problem)) from problem


def _images(pictures: Pictures, body: RenderedMail) -> tuple[InlineImage, ...]:
    """The lead's own picture, once, however often and by whatever word it is shown."""
    if not body.inline_images or pictures.own is None:
        return ()
    return (inline_image(pictures.own, pictures.cids[body.inline_images[0]]),)


def _context(letter: _Letter, pictures: Pictures) -> RenderContext:
    alias = letter.alias
    return RenderContext(
        lead={name: getattr(letter.lead, name) for name in LEAD_FIELDS},
        vars=letter.lead.vars,
        campaign={
            "name": letter.campaign_name,
            "domain": alias.domain.name,
            "sender_name": alias.sender_name,
            "sender_email": alias.address,
            "unsubscribe_url": letter.addresses.opt_out,
        },
        image_cids=pictures.cids,
        image_urls=pictures.urls,
        signature_html=alias.signature_html,
    )


def _marked(html: str, addresses: OwnAddresses) -> str:
    """The opt-out link is never counted as a click: it must work whatever else fails."""
    links = [url for url in marking.web_links(html) if url != addresses.opt_out]
    html = marking.with_links(html, addresses.clicks(links))
    html = marking.html_with_opt_out(html, addresses.opt_out)
    return marking.html_with_pixel(html, addresses.pixel) if addresses.pixel else html


def _headers(letter: _Letter) -> dict[str, str]:
    addresses = letter.addresses
    return {
        "X-Campaign-Message-ID": letter.message_id,
        **letter.thread.headers(),
        # RFC 2369 §3.2; the https address first, as RFC 8058 §3.1 goes by it.
        "List-Unsubscribe": f"<{addresses.opt_out}>, <{addresses.opt_out_mail}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _source_of(version: TemplateVersion) -> TemplateSource:
    return TemplateSource(version.subject, version.html, version.text)


@lru_cache(maxsize=256)
def _source(version_id: int) -> TemplateSource:
    """A version never changes after it is saved; a run asks for the same few all day."""
    return _source_of(TemplateVersion.objects.get(pk=version_id))
