"""Pixel and click under gunicorn as deployed, every request recorded; against an empty view of the
same server, and against one that no middleware stands in front of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.dispatch_campaign import START, launched_campaign
from benchmarks.measurement import Measurement
from benchmarks.timing import Medians
from benchmarks.web_client import Answers, ask
from benchmarks.web_empty import BARE, EMPTY
from benchmarks.web_server import Web, web
from campaigns.models import Campaign, Message, MessageEvent
from campaigns.tracked_links import link_ids
from campaigns.tracking_urls import click_url, open_url
from mailsuite.lib import clock
from tracking.digest import digest_hits
from tracking.models import Hit

REQUESTS, QUICK_REQUESTS = 10_000, 1_000
_WARM_UP = 300
_TIMES = 3
# What is asked for, with the status of its answer and the event that comes of it.
_ASKED = {
    "pixel": (200, MessageEvent.Kind.OPENED),
    "click": (302, MessageEvent.Kind.CLICKED),
}
_REFERENCES = {"an empty view": EMPTY, "a bare view": BARE}


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    """Pixel, then click, of the same server."""
    requests, times = (QUICK_REQUESTS, 2) if quick else (REQUESTS, _TIMES)
    campaign = _sent_campaign(requests)
    with tempfile.TemporaryDirectory() as folder, web(Path(folder) / "web.log") as server:
        for asked in _ASKED:
            ours, references = _by_turns(server, asked, _paths(asked, campaign), times)
            memory = server.peak_memory_mb()
            for name, answers in references.items():
                medians = Medians(_median_seconds(ours), _median_seconds(answers), memory)
                yield Measurement.of(
                    "web",
                    f"{asked} against {name}",
                    medians,
                    reference=f"{name} ({requests / medians.reference_seconds:.0f}/s)",
                    detail=f"{requests:,} requests, {requests / medians.seconds:.0f}/s, p99 "
                    f"{_p99_ms(ours):.1f} ms against {_p99_ms(answers):.1f} ms; "
                    "every hit recorded",
                )


def _median_seconds(answers: Sequence[Answers]) -> float:
    return median(one.seconds for one in answers)


def _p99_ms(answers: Sequence[Answers]) -> float:
    return 1000 * median(one.p99 for one in answers)


def _sent_campaign(mails: int) -> Campaign:
    """Nothing is sent here; the ledger says that it was."""
    campaign = launched_campaign(mails, smtp_port=1)
    campaign.messages.update(status=Message.Status.SENT, sent_at=START)
    return campaign


def _paths(asked: str, campaign: Campaign) -> list[str]:
    """One address for each mail."""
    ids = list(campaign.messages.order_by("pk").values_list("pk", flat=True))
    if asked == "pixel":
        addresses = [open_url(pk) for pk in ids]
    else:
        page = "https://punthelder-seo.nl/vindbaarheidsscan"
        link = link_ids(campaign.pk, [page])[page]
        addresses = [click_url(pk, link) for pk in ids]
    return ["/" + address.split("/", 3)[3] for address in addresses]


def _by_turns(
    server: Web, asked: str, paths: Sequence[str], times: int
) -> tuple[list[Answers], dict[str, list[Answers]]]:
    status, kind = _ASKED[asked]
    ours: list[Answers] = []
    references: dict[str, list[Answers]] = {name: [] for name in _REFERENCES}
    Hit.objects.all().delete()
    ask(server.port, paths[:_WARM_UP], status=status)
    _check_events(kind, min(_WARM_UP, len(paths)))
    for turn in range(1, times + 1):
        ours.append(ask(server.port, paths, status=status))
        _check_hits(turn * len(paths))
        for name, path in _REFERENCES.items():
            references[name].append(ask(server.port, [path] * len(paths), status=200))
    return ours, references


def _check_events(kind: MessageEvent.Kind, count: int) -> None:
    """What was asked for while warming up becomes as many events."""
    _check_hits(count)
    digest_hits(clock.now() + timedelta(minutes=1))
    events = MessageEvent.objects.filter(kind=kind, source_id__startswith="hit:")
    if events.count() != count or Hit.objects.exists():
        raise AssertionError(f"{count} requests became {events.count()} events")


def _check_hits(count: int) -> None:
    noted = Hit.objects.count()
    if noted != count:
        raise AssertionError(f"{noted} of {count} requests were recorded")
