"""The addresses of ours that a mail carries: pixel, clicks, opt-out.

They are read by `tracking.views`, years later too, so their shape never changes. In a preview
they have the same shape and prove nothing: whoever follows one is told that the link is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from campaigns.models import Message
from campaigns.tracked_links import link_ids
from mailsuite.lib.tokens import Purpose, sign

PREVIEW_TOKEN = "preview"  # noqa: S105  never what sign() answers: it is too short


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """What one mail points to at our side. `pixel` is "" where opens are not tracked;
    `clicks` maps the web addresses of the body to those that go over us."""

    opt_out: str
    opt_out_mail: str
    pixel: str
    clicks: Callable[[Sequence[str]], Mapping[str, str]]


def addresses_of(message: Message) -> OwnAddresses:
    """The real ones, as the campaign has its tracking switched (`message.campaign`)."""
    campaign = message.campaign

    def clicks(urls: Sequence[str]) -> dict[str, str]:
        ids = link_ids(message.campaign_id, urls)
        return {url: click_url(message.pk, link_id) for url, link_id in ids.items()}

    way_out = sign(Purpose.UNSUBSCRIBE, message.pk)
    return OwnAddresses(
        opt_out=_url("unsubscribe", f"m={message.pk}&t={way_out}"),
        opt_out_mail=_opt_out_mail(message.pk, message.domain.name, way_out),
        pixel=open_url(message.pk) if campaign.track_opens else "",
        clicks=clicks if campaign.track_clicks else _untracked,
    )


def preview_addresses(domain: str, *, opens: bool, clicks: bool) -> OwnAddresses:
    """Inert ones. With `clicks` false the links of the body stay as they are, and work."""
    dead_click = _url("track/click", f"m=0&l=0&t={PREVIEW_TOKEN}")
    return OwnAddresses(
        opt_out=_url("unsubscribe", f"m=0&t={PREVIEW_TOKEN}"),
        opt_out_mail=_opt_out_mail(0, domain, PREVIEW_TOKEN),
        pixel=_url("track/open.gif", f"m=0&t={PREVIEW_TOKEN}") if opens else "",
        clicks=(lambda urls: dict.fromkeys(urls, dead_click)) if clicks else _untracked,
    )


def open_url(message_id: int) -> str:
    return _url("track/open.gif", f"m={message_id}&t={sign(Purpose.OPEN, message_id)}")


def click_url(message_id: int, link_id: int) -> str:
    token = sign(Purpose.CLICK, message_id, link_id)
    return _url("track/click", f"m={message_id}&l={link_id}&t={token}")


def _opt_out_mail(message_id: int, domain: str, token: str) -> str:
    """For clients that opt out by mail (RFC 2369 §3.2). The subject is what a mailbox reader
    finds the message by: "unsubscribe.<message id>.<token>", no dot in a token."""
    return f"mailto:unsubscribe@{domain}?subject=unsubscribe.{message_id}.{token}"


def _url(path: str, query: str) -> str:
    """`query` is made of numbers and URL-safe tokens: nothing to quote."""
    return f"{settings.PUBLIC_URL}/{path}?{query}"


def _untracked(urls: Sequence[str]) -> dict[str, str]:
    return {}
