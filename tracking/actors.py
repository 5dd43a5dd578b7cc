"""Who was it: a person, a mail provider's image cache, or a security gateway?

Pure: works on the hits of one message that came in together, and reads nothing. A hit is a
machine's only where something speaks for that, and a person's only where the user agent is
one that people use; the rest is unknown and counts as nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from crawleruseragents import is_crawler

from campaigns.models import MessageEvent
from tracking.models import Hit

Actor = MessageEvent.Actor

# A person follows one link, reads, and perhaps comes back for another.
_BURST_LINKS = 3
_BURST_SECONDS = timedelta(seconds=2)
# From our gate to the first look: SMTP, delivery, notification, hand.
_SOONEST = timedelta(seconds=3)

_PROXY = re.compile(
    r"GoogleImageProxy|ggpht\.com|YahooMailProxy|image ?proxy"
    r"|Chrome/42\.0\.2311\.135 Safari/537\.36 Edge/12\.246"  # Gmail fetching ahead
    r"|^Mozilla/5\.0$",  # Apple's Mail Privacy Protection
    re.IGNORECASE,
)
# Gateways that name themselves and that crawler-user-agents does not know.
_GATEWAY = re.compile(
    r"Barracuda|Proofpoint|URL ?Defense|Mimecast|SafeLinks|Symantec|MessageLabs|Trend ?Micro"
    r"|Forti(Mail|Guard|Sandbox|Gate)|Sophos|IronPort|Cisco|Forcepoint|Websense|Zscaler|Area ?1\b"
    r"|Cloudflare|Bitdefender|Kaspersky|\bESET\b|McAfee|Trellix|FireEye|\bVade\b|Hornetsecurity"
    r"|Retarus|SpamTitan|SpamExperts|MailAssure|Check ?Point|Avanan|MailMarshal|Trustwave"
    r"|Microsoft Office (Existence Discovery|Protocol Discovery)|Microsoft URL Control"
    r"|Office ?365 ?Scanner|^Java/|^Ruby|^PHP|^libwww|^lua-resty",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"^(Mozilla/[45]\.0 \(.+(AppleWebKit/|Gecko/|Trident/|MSIE |ms-office|MacOutlook)"
    r"|Opera/"
    r"|Microsoft (Office|Outlook)|Outlook|MacOutlook|Thunderbird|MobileMail|Mail/|Airmail|Spark"
    r"|eM ?Client|Postbox|Dalvik/)"
)


def actors_of(hits: Sequence[Hit], *, sent_at: datetime | None) -> list[MessageEvent.Actor]:
    """The actor of each hit, in the order of `hits`: all that one message got at about one
    time. `sent_at` is business time, None while it is not known."""
    in_burst = _in_burst(hits)
    machines = {_visitor(hit) for hit in hits if hit.method == "HEAD"}
    machines |= {_visitor(hit) for hit, is_part in zip(hits, in_burst, strict=True) if is_part}
    return [
        _actor(hit, is_machine=is_part or _visitor(hit) in machines or _is_too_soon(hit, sent_at))
        for hit, is_part in zip(hits, in_burst, strict=True)
    ]


def _actor(hit: Hit, *, is_machine: bool) -> MessageEvent.Actor:
    known_as = actor_by_user_agent(hit.user_agent)
    if known_as == Actor.PROXY:  # fetches pictures; what follows a link is something else
        return Actor.PROXY if hit.kind == Hit.Kind.OPENED else Actor.SCANNER
    return Actor.SCANNER if is_machine else known_as


@lru_cache(maxsize=4096)
def actor_by_user_agent(user_agent: str) -> MessageEvent.Actor:
    """What the user agent alone says. Known machines first: all of them pose as browsers."""
    if _PROXY.search(user_agent):
        return Actor.PROXY
    if _GATEWAY.search(user_agent) or is_crawler(user_agent):
        return Actor.SCANNER
    return Actor.HUMAN if _PERSON.search(user_agent) else Actor.UNKNOWN


def _in_burst(hits: Sequence[Hit]) -> list[bool]:
    """Which hits lie in a span of two seconds in which somebody followed link after link."""
    spans = [
        (start.at, start.at + _BURST_SECONDS)
        for start in hits
        if _is_burst([hit for hit in hits if start.at <= hit.at <= start.at + _BURST_SECONDS])
    ]
    return [any(begin <= hit.at <= end for begin, end in spans) for hit in hits]


def _is_burst(hits: Sequence[Hit]) -> bool:
    """Three links, or a link and the opt-out page. The pixel comes with the mail by itself."""
    links = {hit.link_id for hit in hits if hit.kind == Hit.Kind.CLICKED}
    is_opt_out_seen = any(hit.kind == Hit.Kind.VISITED for hit in hits)
    return len(links) >= _BURST_LINKS or bool(links and is_opt_out_seen)


def _visitor(hit: Hit) -> tuple[str | None, str]:
    return hit.ip_address, hit.user_agent


def _is_too_soon(hit: Hit, sent_at: datetime | None) -> bool:
    return sent_at is not None and hit.at < sent_at + _SOONEST
