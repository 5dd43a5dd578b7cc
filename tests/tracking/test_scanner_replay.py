"""Generated scanners and generated people, as RELIABILITY's figures describe them: bursts over
all links 9 to 300 seconds after sending, by user agents that pose as browsers or not."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from campaigns.models import MessageEvent
from tests.tracking.signed import CHROME, GMAIL_PROXY, IPHONE
from tracking.actors import actors_of
from tracking.models import Hit

SENT = datetime(2026, 6, 1, 6, tzinfo=UTC)
MACHINES = {MessageEvent.Actor.SCANNER, MessageEvent.Actor.PROXY}
EDGE = CHROME + " Edg/142.0.0.0"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
BROWSERS = [CHROME, EDGE, IPHONE, OUTLOOK]
GATEWAYS = ["Barracuda Sentinel (EE)", "Mozilla/5.0 (compatible; ProofPoint)", "curl/8.5.0", ""]


def test_at_least_95_of_100_scanner_hits_are_flagged() -> None:
    flagged, total = _flagged(_scanner)

    assert flagged / total >= 0.95


def test_at_most_1_of_100_hits_of_people_is_flagged() -> None:
    flagged, total = _flagged(_person)

    assert flagged / total <= 0.01


def _flagged(visit: Callable[[random.Random], list[Hit]]) -> tuple[int, int]:
    chance = random.Random(20260601)
    actors = [
        actor
        for _ in range(1000)
        for actor in actors_of(sorted(visit(chance), key=lambda hit: hit.at), sent_at=SENT)
    ]
    return sum(actor in MACHINES for actor in actors), len(actors)


def _scanner(chance: random.Random) -> list[Hit]:
    """Every link and the opt-out page within three seconds; some HEAD before GET, some from
    several addresses, some with the pixel first."""
    at, lasts = chance.uniform(9, 300), chance.uniform(0.1, 3)
    agent = chance.choice(BROWSERS if chance.random() < 0.9 else GATEWAYS)
    addresses = [f"203.0.113.{n}" for n in range(chance.choice([1, 1, 1, 3]))]
    methods = chance.choice([["GET"], ["HEAD"], ["HEAD", "GET"]])
    targets = [(Hit.Kind.CLICKED, n) for n in range(1, chance.randint(1, 8) + 1)]
    targets.append((Hit.Kind.VISITED, None))
    hits = [
        _hit(kind, link, at + chance.uniform(0, lasts), method, agent, chance.choice(addresses))
        for kind, link in targets
        for method in methods
    ]
    if chance.random() < 0.5:
        hits.append(_hit(Hit.Kind.OPENED, None, at - 0.5, "GET", agent, addresses[0]))
    return hits


def _person(chance: random.Random) -> list[Hit]:
    """Opens minutes to hours later, perhaps again; follows up to four links, seconds apart."""
    agent, address = chance.choice(BROWSERS), f"198.51.100.{chance.randint(1, 250)}"
    at = chance.lognormvariate(7, 1.5) + 5
    hits = [_hit(Hit.Kind.OPENED, None, at, "GET", agent, address)]
    for link in chance.sample(range(1, 9), chance.choice([0, 1, 1, 1, 2, 4])):
        at += 0.5 + chance.expovariate(1 / 15)
        hits.append(_hit(Hit.Kind.CLICKED, link, at, "GET", agent, address))
    if chance.random() < 0.05:
        at += 2 + chance.expovariate(1 / 20)
        hits.append(_hit(Hit.Kind.VISITED, None, at, "GET", agent, address))
    return hits


def _hit(
    kind: Hit.Kind, link: int | None, seconds: float, method: str, agent: str, address: str
) -> Hit:
    return Hit(
        kind=kind,
        link_id=link,
        at=SENT + timedelta(seconds=seconds),
        method=method,
        user_agent=agent,
        ip_address=address,
    )


def test_an_image_cache_is_never_a_person() -> None:
    hit = _hit(Hit.Kind.OPENED, None, 3600, "GET", GMAIL_PROXY, "66.249.93.1")

    assert actors_of([hit], sent_at=SENT) == [MessageEvent.Actor.PROXY]
