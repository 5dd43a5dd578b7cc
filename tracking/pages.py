"""The opt-out page: one file, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tracking.opt_out import Recipient
from tracking.wording import Wording, wording_for

_STYLE = (Path(__file__).parent / "templates/tracking/opt_out.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address of this page opts somebody out: no other site may learn it.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "Accept-Language",
}


def wording_of(request: HttpRequest) -> Wording:
    return wording_for(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def question(
    wording: Wording, recipient: Recipient, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    text = wording.ask_text.format(sender=recipient.sender, address=masked(recipient.address))
    return _page(wording, wording.ask_title, text, button=wording.ask_button, status=status)


def opted_out(wording: Wording, recipient: Recipient) -> HttpResponse:
    text = wording.done_text.format(address=masked(recipient.address))
    return _page(wording, wording.done_title, text, is_done=True)


def broken_link(wording: Wording) -> HttpResponse:
    return _page(wording, wording.broken_title, wording.broken_text, status=HTTPStatus.NOT_FOUND)


def masked(address: str) -> str:
    """`receptie@hotel-zon.nl` → `r…@hotel-zon.nl`: its owner knows it, and whoever the mail
    was forwarded to learns nothing new."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _page(
    wording: Wording,
    title: str,
    text: str,
    *,
    button: str = "",
    is_done: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    # Rendered without the request: context processors would open a session.
    html = render_to_string(
        "tracking/opt_out.html",
        {
            "language": wording.language,
            "title": title,
            "text": text,
            "button": button,
            "is_done": is_done,
            "style": _STYLE,
        },
    )
    headers = {**_HEADERS, "Content-Language": wording.language}
    return HttpResponse(html, status=status, headers=headers)
