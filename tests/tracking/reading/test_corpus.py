"""Against real bounces, where some lie: `INBOUND_CORPUS` names a folder with `labels.jsonl`
(a row per mail: file, source, labels) and the mails. They are other people's and not ours to
hand on, so they are no part of the project.

The labels say of some mails that they are a bounce or none, of some why, of some which address
failed; each figure is taken over the mails whose labels tell.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.tracking.reading.hostile import mutated
from tracking.reading import Kind, ReadMail, Verdict, read_mail
from tracking.reading.reader import read_unguarded

CORPUS = os.environ.get("INBOUND_CORPUS", "")
MUTATIONS = int(os.environ.get("INBOUND_MUTATIONS", "10000"))

pytestmark = pytest.mark.skipif(
    not CORPUS, reason="no real mails: INBOUND_CORPUS does not name a folder that has some"
)

NOT_HARD = {"over_quota", "spam", "message_too_large", "domain_error"}


class Labelled(NamedTuple):
    name: str
    labels: object
    read: ReadMail

    @property
    def is_hard(self) -> bool:
        failed = [r for r in self.read.recipients if r.verdict is Verdict.HARD]
        return self.read.kind is Kind.BOUNCE and bool(failed)

    def label(self, name: str) -> object:
        return self.labels.get(name) if isinstance(self.labels, dict) else None

    @property
    def address_labels(self) -> tuple[set[str], bool] | None:
        """Addresses expected, and whether for the time being only."""
        if not isinstance(self.labels, list):
            return None
        _, addresses, temporary = self.labels
        found = re.findall(r"b'([^']+)'", addresses)
        return {address.lower() for address in found}, temporary == "True"


def rows() -> Iterator[tuple[str, object, bytes]]:
    folder = Path(CORPUS)
    for line in (folder / "labels.jsonl").read_text().splitlines():
        row = json.loads(line)
        yield row["file"], row["labels"], (folder / row["file"]).read_bytes()


@pytest.fixture(scope="module")
def corpus() -> list[Labelled]:
    return [Labelled(name, labels, read_mail(raw)) for name, labels, raw in rows()]


def test_who_is_gone_for_good_is_recognised(corpus: list[Labelled]):
    hard = [mail for mail in corpus if mail.label("reason") == "user_unknown"]
    missed = [mail.name for mail in hard if not mail.is_hard]
    assert len(hard) > 20
    assert len(missed) <= 0.05 * len(hard), missed


def test_who_may_come_back_is_not_given_up(corpus: list[Labelled]):
    soft = [mail for mail in corpus if mail.label("reason") in NOT_HARD]
    soft += [mail for mail in corpus if mail.address_labels and mail.address_labels[1]]
    wrong = [mail.name for mail in soft if mail.is_hard]
    assert len(soft) > 20
    assert len(wrong) <= 0.02 * len(soft), wrong


def test_what_is_no_bounce_is_never_taken_for_one(corpus: list[Labelled]):
    others = [mail for mail in corpus if mail.label("is_bounce") is False]
    others += [mail for mail in corpus if mail.label("kind") == "complaints"]
    wrong = [mail.name for mail in others if mail.read.kind is Kind.BOUNCE]
    assert len(others) > 5
    assert wrong == []


def test_bounces_are_recognised_as_such(corpus: list[Labelled]):
    bounces = [mail for mail in corpus if mail.label("is_bounce") is True]
    missed = [mail.name for mail in bounces if mail.read.kind is not Kind.BOUNCE]
    assert len(missed) <= 0.02 * len(bounces), missed


def test_the_failed_addresses_are_found(corpus: list[Labelled]):
    known = [mail for mail in corpus if mail.address_labels and mail.address_labels[0]]
    wrong = [
        mail.name
        for mail in known
        if {r.address for r in mail.read.recipients} != (mail.address_labels or (set(), False))[0]
    ]
    assert len(known) > 20
    assert len(wrong) <= 0.1 * len(known), wrong


def test_broken_ones_are_read_too_and_fast():
    rng = random.Random(5965)
    mails = [raw for _, _, raw in rows()]
    slowest = 0.0
    for _ in range(MUTATIONS):
        raw = mutated(rng.choice(mails), mails, rng)
        begin = time.process_time()
        read_unguarded(raw)
        slowest = max(slowest, time.process_time() - begin)
    assert slowest < 1
