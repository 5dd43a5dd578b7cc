"""What a recipient's mail client reaches: pixel, links, opt-out.

Strangers call these, scanners before people. No session, no cookie, no JavaScript; GET and
HEAD change no subscription, whoever sends them.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Message, TrackedLink
from leads.suppression import is_suppressed
from mailsuite.lib import clock
from mailsuite.lib.tokens import Purpose
from tracking import pages
from tracking.links import proven_ids
from tracking.models import Hit
from tracking.opt_out import Recipient, opt_out, recipient_of
from tracking.recording import record_hit
from tracking.visitor import visitor_of
from tracking.wording import Wording

# GIF89a, one transparent pixel.
_PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
_UNSEEN = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
# Without a length, which no middleware adds here, gunicorn sends a body in chunks.
_PIXEL_HEADERS = {**_UNSEEN, "Content-Length": str(len(_PIXEL))}
_REDIRECT_HEADERS = {**_UNSEEN, "Content-Length": "0"}
_LINKS_REMEMBERED = 4096


@require_safe
def open_pixel(request: HttpRequest) -> HttpResponse:
    """`GET /track/open.gif?m=<message>&t=<token>`: a picture of one pixel."""
    (message_id,) = proven_ids(request, Purpose.OPEN, "m")
    if not record_hit(Hit.Kind.OPENED, message_id, visitor_of(request), at=clock.now()):
        raise Http404("no such message")
    return HttpResponse(_PIXEL, content_type="image/gif", headers=_PIXEL_HEADERS)


@require_safe
def click(request: HttpRequest) -> HttpResponse:
    """`GET /track/click?m=<message>&l=<link>&t=<token>`: 302 to the address that stood in the
    mail. It is read from the ledger; nothing in the request can name another."""
    message_id, link_id = proven_ids(request, Purpose.CLICK, "m", "l")
    try:
        campaign_id, url = _stored_link(link_id)
    except TrackedLink.DoesNotExist:
        raise Http404("no such link") from None
    if urlsplit(url).scheme not in ("http", "https"):
        raise Http404("no such link")
    known = record_hit(
        Hit.Kind.CLICKED,
        message_id,
        visitor_of(request),
        at=clock.now(),
        link_id=link_id,
        campaign_id=campaign_id,
    )
    if not known:
        raise Http404("no such link")
    return HttpResponseRedirect(url, headers=_REDIRECT_HEADERS)


@lru_cache(maxsize=_LINKS_REMEMBERED)
def _stored_link(link_id: int) -> tuple[int, str]:
    """Its campaign and its address, which never change. Raises TrackedLink.DoesNotExist."""
    return TrackedLink.objects.values_list("campaign_id", "url").get(pk=link_id)


@csrf_exempt  # the token proves the request; a mail provider's POST has no cookie (RFC 8058 §3.1)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """`/unsubscribe?m=<message>&t=<token>`: GET asks, POST opts out.

    The mail client's one-click request and the button on the page send the same body,
    `List-Unsubscribe=One-Click`, url-encoded or as multipart (RFC 8058 §3.1, §3.2). The
    answer is 200 without a redirect, however often it is sent.
    """
    wording = pages.wording_of(request)
    try:
        (message_id,) = proven_ids(request, Purpose.UNSUBSCRIBE, "m")
        recipient = recipient_of(message_id)
    except (Http404, Message.DoesNotExist):
        return pages.broken_link(wording)
    if request.method == "POST":
        return _opt_out(request, recipient, wording)
    record_hit(Hit.Kind.VISITED, message_id, visitor_of(request), at=clock.now())
    if is_suppressed(recipient.address):
        return pages.opted_out(wording, recipient)
    return pages.question(wording, recipient)


def _opt_out(request: HttpRequest, recipient: Recipient, wording: Wording) -> HttpResponse:
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return pages.question(wording, recipient, status=HTTPStatus.BAD_REQUEST)
    opt_out(recipient, visitor_of(request), at=clock.now())
    return pages.opted_out(wording, recipient)
