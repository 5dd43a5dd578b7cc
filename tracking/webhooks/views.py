"""Where providers report. Called by machines of strangers: small work until they are known,
and an answer as soon as what they say is safe in the database.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailsuite.lib import clock
from tracking.models import ProviderEvent, ProviderWebhook
from tracking.webhooks.addresses import USER
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers import BadSignatureError, Provider, provider_of
from tracking.webhooks.storing import store

log = structlog.get_logger(__name__)

Purpose = ProviderEvent.Purpose
# Of what else a provider may send with a call, nothing is kept.
_TELLING_HEADERS = ("signature", "svix-id", "svix-timestamp", "svix-signature")
_LONGEST_HEADER = 2_000
_LONGEST_CONTENT_TYPE = 255


@csrf_exempt  # the secret proves the request
@require_http_methods(["POST", "HEAD"])
def provider_webhook(request: HttpRequest, account_id: int, path: str) -> HttpResponse:
    """`POST /webhooks/<account>/tracking` and `…/inbound`, with the account's secret as password.

    404: there is no such address. 403: not from the provider; no more is told. 413: longer than
    INBOUND_MAX_BYTES. 400: not in the provider's form. 200: stored, also where it was before.
    """
    webhook = _webhooks().filter(pk=account_id).first()
    provider = provider_of(webhook.account) if webhook is not None else None
    if webhook is None or provider is None or path not in ("tracking", provider.inbound_path):
        return _answer(HTTPStatus.NOT_FOUND)
    if not _knows_secret(request, webhook):
        return _refuse(webhook, "secret")
    if request.method == "HEAD":  # some providers try an address before they take it
        return _answer(HTTPStatus.OK)
    try:
        post = _read(request)
    except UnreadablePostError:  # nobody waits for this answer any more
        return _answer(HTTPStatus.BAD_REQUEST)
    if post is None:
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    purpose = Purpose.TRACKING if path == "tracking" else Purpose.INBOUND
    return _take(webhook, provider, purpose, post)


def _webhooks() -> QuerySet[ProviderWebhook]:
    """Of all secrets the one that is compared: a stranger makes us open no other."""
    return ProviderWebhook.objects.select_related("account").defer(
        "account__secret", "tracking_key", "inbound_key"
    )


def _knows_secret(request: HttpRequest, webhook: ProviderWebhook) -> bool:
    given = get_request_basic_auth(request) or ""
    return constant_time_compare(given, f"{USER}:{webhook.secret}")


def _read(request: HttpRequest) -> Post | None:
    """The call; None for one that is too long, which is not even read then."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = 0
    if length > settings.INBOUND_MAX_BYTES:
        return None
    body = request.read(settings.INBOUND_MAX_BYTES + 1)
    if len(body) > settings.INBOUND_MAX_BYTES:
        return None
    headers = {name: request.headers[name] for name in _TELLING_HEADERS if name in request.headers}
    return Post(
        body,
        request.headers.get("Content-Type", "")[:_LONGEST_CONTENT_TYPE],
        {name: value[:_LONGEST_HEADER] for name, value in headers.items()},
    )


def _take(
    webhook: ProviderWebhook, provider: Provider, purpose: ProviderEvent.Purpose, post: Post
) -> HttpResponse:
    key = webhook.tracking_key if purpose == Purpose.TRACKING else webhook.inbound_key
    now = clock.now()
    try:
        if key:
            provider.check_signature(post, key, purpose, now)
        store(provider, purpose, post, now)
    except BadSignatureError:
        return _refuse(webhook, "signature")
    except UnreadableCallError as problem:
        log.warning("webhook unreadable", account_id=webhook.account_id, detail=str(problem)[:500])
        return _answer(HTTPStatus.BAD_REQUEST)
    return _answer(HTTPStatus.OK)


def _refuse(webhook: ProviderWebhook, what: str) -> HttpResponse:
    log.warning("webhook refused", account_id=webhook.account_id, reason=f"wrong {what}")
    return _answer(HTTPStatus.FORBIDDEN)


def _answer(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(
        status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )
