"""Who else the answered mail went to, and who of them gets the answer."""

from __future__ import annotations

import pytest

from leads.models import Suppression
from leads.suppression import suppress
from mailsuite.lib.errors import Conflict, Refusal
from tests.factories import LeadFactory, SenderAliasFactory
from tests.tracking.answers import about, came, running, sent
from tests.tracking.inbox.letters import WRITER, answered
from tests.tracking.reading import mails
from tracking.inbox.others import may_get_copies, others_of, ticked_of
from tracking.models import InboundMail, OutboundReply

pytestmark = pytest.mark.django_db
JAN, EVA = "jan@hotel-zon.nl", "eva@elders.nl"


def a_reply_to_all(cc: str = f"Jan de Wit <{JAN}>, {EVA}") -> InboundMail:
    head = f"In-Reply-To: <{mails.OUR_ID}>\nCc: {cc}\n"
    return came(about(sent(running()), mails.mail("Graag! Jan regelt het.", headers=head)))


def test_a_mail_keeps_whom_it_went_to_by_cc():
    assert a_reply_to_all().cc_addresses == [JAN, EVA]


def test_others_are_those_who_are_neither_the_recipient_nor_our_senders():
    inbound = a_reply_to_all(
        f"{WRITER}, {JAN.upper()}, info@punthelder-zoekmachine.nl, no-one, {JAN}"
    )
    domain = inbound.message.domain
    SenderAliasFactory(domain=domain, name="info2")
    inbound.to_addresses += [EVA, f"info2@{domain.name}", f"baas@{domain.name}"]
    assert others_of(inbound, WRITER) == [
        EVA, f"baas@{domain.name}", JAN, "info@punthelder-zoekmachine.nl",
    ]  # fmt: skip


def test_a_list_of_hundreds_is_cut():
    inbound = a_reply_to_all()
    inbound.cc_addresses = [f"lid{number}@elders.nl" for number in range(300)]
    assert len(others_of(inbound, WRITER)) == 20


def test_who_opted_out_is_not_offered():
    inbound = a_reply_to_all()
    suppress([EVA], reason=Suppression.Reason.UNSUBSCRIBED)
    assert may_get_copies(inbound, WRITER) == [JAN]


def test_who_may_get_a_copy_costs_the_same_for_many(django_assert_num_queries):
    inbound = a_reply_to_all()
    for others in (1, 40):
        inbound.cc_addresses = [f"lid{number}@elders.nl" for number in range(others)]
        with django_assert_num_queries(2):
            assert len(may_get_copies(inbound, WRITER)) == min(others, 20)


def test_where_the_answers_to_a_sender_go_is_offered_to_nobody():
    inbound = a_reply_to_all("Post@Elders.NL, jan@elders.nl, Info2@elders.nl")
    SenderAliasFactory(domain=inbound.message.domain, name="info2", reply_to="post@elders.nl")
    assert others_of(inbound, WRITER) == ["jan@elders.nl", "info2@elders.nl"]


def test_whose_company_opted_out_is_not_offered():
    inbound = a_reply_to_all()
    suppress(
        ["elders.nl"],
        reason=Suppression.Reason.UNSUBSCRIBED,
        scope=Suppression.Scope.DOMAIN,
    )
    assert may_get_copies(inbound, WRITER) == [JAN]


def test_only_those_are_ticked_whom_the_answer_concerns():
    domain = a_reply_to_all().message.domain.name
    LeadFactory(email="lead@ander.nl")
    offered = [JAN, EVA, "lead@ander.nl", f"baas@{domain}"]
    assert ticked_of(offered, WRITER) == {JAN, "lead@ander.nl", f"baas@{domain}"}


def test_who_shares_a_public_mail_provider_is_not_ticked():
    assert ticked_of(["jan@gmail.com"], "piet@gmail.com") == set()


@pytest.mark.parametrize(("others", "ticked"), [(5, 5), (6, 0)])
def test_of_many_nobody_is_ticked(others: int, ticked: int):
    offered = [f"collega{number}@hotel-zon.nl" for number in range(others)]
    assert len(ticked_of(offered, WRITER)) == ticked


def test_an_answer_goes_by_cc_to_whom_it_is_wanted_to():
    inbound = a_reply_to_all()
    assert answered(inbound, "Dag.").cc == []
    assert answered(inbound, "Dag, Jan.", cc=[f" {JAN.upper()}", JAN]).cc == [JAN]


def test_nobody_else_can_be_put_in_cc():
    inbound = a_reply_to_all()
    for stranger in ("vreemde@elders.nl", "geen adres", ""):
        with pytest.raises(Refusal, match="did not go there") as refusal:
            answered(inbound, cc=[JAN, stranger])
        assert set(refusal.value.fields) == {"cc"}
    assert not OutboundReply.objects.exists()


def test_who_opted_out_gets_no_copy():
    inbound = a_reply_to_all()
    suppress([EVA], reason=Suppression.Reason.UNSUBSCRIBED)
    with pytest.raises(Refusal, match=f"{EVA} opted out"):
        answered(inbound, cc=[EVA])
    assert not OutboundReply.objects.exists()


def test_the_same_words_with_somebody_more_in_cc_are_not_taken_for_sent():
    inbound = a_reply_to_all()
    first = answered(inbound, cc=[JAN])
    assert answered(inbound) == answered(inbound, cc=[JAN]) == first
    with pytest.raises(Conflict, match=f"without {EVA} in Cc"):
        answered(inbound, cc=[JAN, EVA])
    OutboundReply.objects.update(status="failed", cc_detail="old")
    again = answered(inbound, cc=[EVA])
    assert (again.pk, again.status, again.cc, again.cc_detail) == (first.pk, "queued", [EVA], "")
