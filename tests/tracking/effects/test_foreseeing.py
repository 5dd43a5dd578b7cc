"""What a person is told before a mail is tied is what then happens."""

from __future__ import annotations

import pytest

from campaigns.models import Enrollment, SendingDomain
from leads.models import Suppression
from tests.factories import UserFactory
from tests.tracking.answers import DAY, MONDAY, came, reply, running, sent
from tests.tracking.reading import mails
from tracking.people_queue import foresee_tie, tie

pytestmark = pytest.mark.django_db
LATER = MONDAY + DAY
BOSS, CLERK = "baas@hotel-zon.nl", "balie@hotel-zon.nl"


def state() -> tuple[dict[str, str], list[str], list[str]]:
    """Why flows have ended, by address; which addresses are suppressed, which domains paused."""
    paused = SendingDomain.objects.exclude(paused_at=None)
    return (
        dict(Enrollment.objects.exclude(end_reason="").values_list("lead__email", "end_reason")),
        sorted(Suppression.objects.values_list("value", flat=True)),
        list(paused.values_list("name", flat=True)),
    )


def ours_by_name(raw: bytes) -> bytes:
    """About the address that we wrote to, without the id of our mail."""
    return raw.replace(mails.RECIPIENT.encode(), BOSS.encode())


@pytest.mark.parametrize(
    ("raw", "foreseen", "after"),
    [
        (
            mails.mail("Kunt u langskomen?", sender=CLERK),
            "It counts as a reply. The flow of {boss} in “{campaign}” ends: no further mail of it "
            "is sent. So do the flows of 1 at the same company.",
            ({BOSS: "replied", CLERK: "company_replied"}, [], []),
        ),
        (
            mails.mail("Graag geen mails meer sturen.", sender="piet@gmail.com"),
            "It opts out {boss} and piet@gmail.com: suppressed for good, and all flows there end.",
            ({BOSS: "unsubscribed"}, [BOSS, "piet@gmail.com"], []),
        ),
        (
            mails.auto_reply("Wij hebben uw bericht ontvangen."),
            "It is an automatic reply: no flow ends.",
            ({}, [], []),
        ),
        (
            mails.auto_reply("Ik ben afwezig tot en met 4 september 2026."),
            "Out of office: the flows to {boss} wait until the workday after 07 September 2026, if "
            "that is still to come.",
            ({}, [], []),
        ),
        (
            mails.dsn(mails.group(BOSS)),
            "{boss} counts as one that does not work: suppressed, and all flows to it end.",
            ({BOSS: "bounced"}, [BOSS], []),
        ),
        (
            mails.dsn(mails.group(BOSS, status="4.2.2", diagnostic="smtp; 452 4.2.2 Full")),
            "The flows to {boss} wait; after several such mails in a row they end.",
            ({}, [], []),
        ),
        (
            mails.dsn(mails.group("iemand@elders.nl")),
            "Nothing: it reports on other addresses than {boss}.",
            ({}, [], []),
        ),
        (
            mails.dsn(
                mails.group(BOSS, status="5.7.1", diagnostic="smtp; 550 5.7.1 blocked by Spamhaus")
            ),
            "The sending domain {domain} is paused. {boss} is left alone.",
            ({}, [], ["{domain}"]),
        ),
        (
            mails.complaint(),
            "It counts as a complaint against {domain}: {boss} is suppressed for good, and all "
            "flows to it end.",
            ({BOSS: "complained"}, [BOSS], []),
        ),
        (
            mails.complaint("opt-out"),
            "It counts as an opt-out: {boss} is suppressed for good, and all flows to it end.",
            ({BOSS: "unsubscribed"}, [BOSS], []),
        ),
    ],
)  # fmt: skip
def test_what_is_foretold_happens_and_not_before(raw: bytes, foreseen: str, after):
    campaign = running(BOSS, CLERK, stop_colleagues=True)
    first = sent(campaign, to=BOSS)
    inbound = came(ours_by_name(raw).replace(mails.OUR_ID.encode(), b"lost@elders.nl"))
    assert inbound.state == "unmatched"
    names = {"boss": BOSS, "campaign": campaign.name, "domain": first.domain.name}
    assert foresee_tie(inbound, first, LATER) == foreseen.format(**names)
    assert state() == ({}, [], [])
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    ended, suppressed, paused = after
    assert state() == (ended, suppressed, [one.format(**names) for one in paused])


def test_a_flow_that_is_over_is_called_so():
    campaign = running(BOSS)
    first = sent(campaign, to=BOSS)
    came(reply(first))
    inbound = came(mails.mail("Kunt u langskomen?", sender=CLERK))
    assert foresee_tie(inbound, first, LATER) == (
        f"It counts as a reply. The flow of {BOSS} in “{campaign}” is over already."
    )
