from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from campaigns.dispatch import roll_over
from campaigns.finishing import withhold
from campaigns.gate import Verdict
from campaigns.lifecycle import launch
from campaigns.models import Campaign, Enrollment, Message, MessageEvent, SendingDomain
from campaigns.transport import Outcome
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from tests.campaigns.drafts import a_domain, a_draft, a_flow
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import LeadFactory
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    away,
    came,
    figures,
    handed_over,
    mail_of,
    reply,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.reading import mails
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db
Status = Message.Status
# MONDAY is 1 June 2026.
MARKED = "Auto-Submitted: auto-generated\n"
TUESDAY_9_JUNE = MONDAY + 8 * DAY


def enrollment() -> Enrollment:
    return Enrollment.objects.get()


def test_the_flow_waits_until_a_workday_after_the_return():
    campaign = running()
    first = sent(campaign)
    inbound = came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    assert (inbound.kind, inbound.state) == ("auto_reply", "done")
    assert str(inbound.return_date) == "2026-06-08"
    second = mail_of(campaign, 2)
    assert second.not_before == enrollment().waits_until == TUESDAY_9_JUNE
    assert second.error == enrollment().waits_for == "the lead is away until 2026-06-08"
    assert mail_of(campaign, 3).not_before is None
    assert enrollment().status == "active"


def test_words_of_opting_out_that_a_machine_marked_are_for_a_person():
    first = sent(running())
    inbound = came(away(first, "Haal mij van de lijst."))
    assert (inbound.kind, inbound.state) == ("auto_reply", "to_review")
    assert "speaks of opting out" in inbound.outcome
    assert Lead.objects.get().is_mailable
    assert enrollment().status == "active"


@pytest.mark.parametrize(
    ("body", "intent"),
    [("Klinkt goed, bel me morgen om 10 uur.", "meeting"), ("Geen interesse.", "not_interested")],
)
def test_a_persons_words_that_a_system_marked_are_for_a_person(body, intent):
    first = sent(running())
    inbound = came(reply(first, body, headers=f"In-Reply-To: <{mails.OUR_ID}>\n" + MARKED))
    assert (inbound.kind, inbound.state, inbound.intent) == ("auto_reply", "to_review", intent)
    assert "reads like a person's answer" in inbound.outcome
    assert InboundMail.objects.for_marketers().get() == inbound
    assert not InboundMail.objects.by_machines().exists()
    assert (enrollment().status, Lead.objects.get().is_mailable) == ("active", True)


def test_an_automatic_reply_that_only_names_somebody_else_is_for_a_person_and_holds(settings):
    settings.ABSENCE_WORKDAYS = 5
    inbound = came(away(sent(running()), "Mails voor Piet gaan naar kim@hotel-zon.nl."))
    assert (inbound.auto_reply, inbound.state) == ("out_of_office", "to_review")
    assert "stop the lead if this person has left" in inbound.outcome
    assert enrollment().waits_until == MONDAY + 7 * DAY


def test_it_counts_nowhere_and_ends_nothing():
    first = sent(running())
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    first.refresh_from_db()
    assert (first.status, first.replied_at) == (Status.SENT, None)
    assert figures(first) == {"planned": 1, "sent": 1}
    assert Lead.objects.get().is_mailable
    assert not Suppression.objects.exists()
    assert MessageEvent.objects.filter(kind="auto_replied").count() == 1


def test_then_the_flow_goes_on_in_its_own_rhythm():
    campaign = running()
    came(away(sent(campaign), "Ik ben afwezig en op maandag 8 juni weer terug."))
    with clock.frozen(MONDAY + 2 * HOUR):
        roll_over(MONDAY + 2 * HOUR)
    second = mail_of(campaign, 2)
    assert second.scheduled_at == TUESDAY_9_JUNE
    assert mail_of(campaign, 3).scheduled_at == TUESDAY_9_JUNE + 3 * DAY
    handed_over(second)
    assert mail_of(campaign, 3).not_before == TUESDAY_9_JUNE + 3 * DAY
    assert not SendingDomain.objects.get().needs_replanning


@pytest.mark.parametrize(
    ("back", "goes_on"),
    [
        ("vrijdag 5 juni", 7),  # the workday after a Friday
        ("zaterdag 6 juni", 7),
        ("12 juni", 14),
    ],
)
def test_days_off_are_no_workdays(back: str, goes_on: int):
    campaign = running()
    came(away(sent(campaign), f"Ik ben afwezig en op {back} weer terug."))
    assert mail_of(campaign, 2).not_before == MONDAY + goes_on * DAY


def test_a_return_before_the_next_mail_changes_nothing():
    campaign = running()
    came(away(sent(campaign), "Ik ben afwezig en op 2 juni weer terug."))
    assert mail_of(campaign, 2).not_before == MONDAY + 3 * DAY
    assert not SendingDomain.objects.get().needs_replanning


def test_without_a_date_the_flow_waits_some_workdays(settings):
    settings.ABSENCE_WORKDAYS = 5
    campaign = running()
    inbound = came(away(sent(campaign), "Ik ben momenteel afwezig."))
    assert inbound.return_date is None
    assert enrollment().waits_until == mail_of(campaign, 2).not_before == MONDAY + 7 * DAY
    assert enrollment().waits_for == "the lead is away"


def test_a_date_beyond_any_leave_is_taken_for_none(settings):
    settings.ABSENCE_WORKDAYS = 5
    campaign = running()
    came(away(sent(campaign), "Ik ben afwezig en op 1 september 2031 weer terug."))
    assert enrollment().waits_until == MONDAY + 7 * DAY


def test_a_newer_notice_of_the_lead_replaces_the_one_before():
    campaign = running()
    first = sent(campaign)
    came(away(first, "Ik ben afwezig en op maandag 22 juni weer terug."))
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."), MONDAY + 2 * HOUR)
    second = mail_of(campaign, 2)
    assert second.not_before == enrollment().waits_until == TUESDAY_9_JUNE
    assert second.error == enrollment().waits_for == "the lead is away until 2026-06-08"
    with clock.frozen(MONDAY + 3 * HOUR):
        roll_over(MONDAY + 3 * HOUR)
    assert mail_of(campaign, 2).scheduled_at == TUESDAY_9_JUNE


def test_a_shorter_absence_brings_no_mail_before_its_turn():
    campaign = running()
    first = sent(campaign)
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    came(away(first, "Ik ben afwezig en op dinsdag 2 juni weer terug."), MONDAY + 2 * HOUR)
    second = mail_of(campaign, 2)
    assert enrollment().waits_until == MONDAY + 2 * DAY
    assert (second.not_before, second.error) == (MONDAY + 3 * DAY, "")


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("Ik ben momenteel afwezig.", 2 * HOUR),  # knows no better
        ("Ik ben afwezig en op donderdag 4 juni weer terug.", HOUR / 2),  # was written before
    ],
)
def test_what_says_no_more_shortens_no_absence(body, after):
    first = sent(running())
    came(away(first, "Ik ben afwezig en op maandag 15 juni weer terug."))
    came(away(first, body), MONDAY + after)
    assert enrollment().waits_until == MONDAY + 15 * DAY


def test_an_absence_shortens_no_wait_for_an_address_that_did_not_work():
    first = sent(running())
    came(soft_bounce(first))
    before = enrollment().waits_until
    Enrollment.objects.update(waits_until=before + 9 * DAY)
    came(away(first, "Ik ben afwezig en op dinsdag 2 juni weer terug."), MONDAY + 2 * HOUR)
    assert enrollment().waits_until == before + 9 * DAY


def test_the_absence_of_somebody_else_holds_some_days_at_most(settings):
    settings.ABSENCE_WORKDAYS = 5
    first = sent(running())
    raw = away(first, "Ik ben afwezig en op 1 september weer terug.")
    inbound = came(raw.replace(b"<receptie@hotel-zon.nl>", b"<piet@hotel-zon.nl>"))
    assert enrollment().waits_until == MONDAY + 7 * DAY
    assert "piet@hotel-zon.nl, not the lead's own address" in inbound.outcome
    assert "waits some days at most" in inbound.outcome


def test_the_absence_of_somebody_else_shortens_nothing():
    first = sent(running())
    came(away(first, "Ik ben afwezig en op maandag 15 juni weer terug."))
    raw = away(first, "Ik ben afwezig en op dinsdag 2 juni weer terug.")
    came(raw.replace(b"<receptie@hotel-zon.nl>", b"<piet@hotel-zon.nl>"), MONDAY + 2 * HOUR)
    assert enrollment().waits_until == MONDAY + 15 * DAY


@pytest.mark.parametrize(
    "body", ["Ik ben afwezig en op maandag 8 juni weer terug.", "Wij hebben uw bericht ontvangen."]
)
def test_of_a_flow_that_has_had_its_last_mail_nothing_else_is_said(body):
    inbound = came(away(sent(running(mails=1)), body))
    assert inbound.outcome.endswith(": the flow has had its last mail.")


def test_all_flows_to_the_lead_wait():
    first = sent(running())
    other = running("jan@elders.nl")
    Enrollment.objects.filter(campaign=other).update(lead=first.lead)
    Message.objects.filter(campaign=other).update(lead=first.lead)
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    assert Message.objects.get(campaign=other, mail_number=1).not_before == TUESDAY_9_JUNE
    with clock.frozen(MONDAY + 2 * HOUR):
        roll_over(MONDAY + 2 * HOUR)


def test_a_mail_that_a_worker_has_claimed_stays_here():
    campaign = running()
    first, second = sent(campaign), mail_of(campaign, 2)
    claim = claimed(second, second.scheduled_at)
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."), second.scheduled_at)
    decision = at_gate(claim, composed(second), second.scheduled_at)
    assert (decision.verdict, decision.not_before) == (Verdict.NOT_YET, TUESDAY_9_JUNE)
    withhold(claim, second, decision)
    second.refresh_from_db()
    assert (second.status, second.not_before) == (Status.QUEUED, TUESDAY_9_JUNE)


def test_the_mail_behind_one_that_was_on_its_way_waits_too():
    campaign = running()
    first, second = sent(campaign), mail_of(campaign, 2)
    handed_over(second, Outcome.UNKNOWN)
    came(away(first, "Ik ben afwezig en op vrijdag 19 juni weer terug."), second.scheduled_at)
    came(about(second, mails.dsn(mails.group(action="delayed"))), second.scheduled_at + HOUR)
    second.refresh_from_db()
    assert second.status == Status.SENT
    assert mail_of(campaign, 3).not_before == MONDAY + 21 * DAY


def test_an_absence_settles_a_mail_of_unknown_fate_and_then_holds_the_flow():
    campaign = running()
    first = handed_over(mail_of(campaign), Outcome.UNKNOWN)
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    first.refresh_from_db()
    assert (first.status, figures(first)) == (Status.SENT, {"planned": 1, "sent": 1})
    assert mail_of(campaign, 2).not_before == TUESDAY_9_JUNE


def test_a_reply_during_the_absence_ends_the_flow():
    campaign = running()
    first = sent(campaign)
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    came(reply(first), MONDAY + DAY)
    assert (enrollment().status, enrollment().end_reason) == ("ended", "replied")
    assert mail_of(campaign, 2).error == "the lead replied"


def test_an_absence_after_a_reply_changes_nothing():
    first = sent(running())
    came(reply(first))
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."), MONDAY + 2 * HOUR)
    assert (enrollment().end_reason, enrollment().waits_until) == ("replied", None)


def next_campaign(at: datetime) -> Campaign:
    """Another one, for everybody, launched at `at` on a domain of its own."""
    Lead.objects.update(last_emailed_at=None)
    draft = a_draft(a_domain(), flow=a_flow(2).flow)
    with clock.frozen(at):
        launch(draft, at)
    return draft


@pytest.mark.parametrize("mails_in_flow", [1, 3])
def test_a_campaign_that_begins_meanwhile_waits_for_the_return_too(mails_in_flow):
    """Also where the flow before has had its last mail."""
    first = sent(running(mails=mails_in_flow))
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    campaign = next_campaign(MONDAY + DAY)
    mail = mail_of(campaign, 1)
    assert mail.enrollment.waits_until == mail.not_before == TUESDAY_9_JUNE
    assert mail.enrollment.waits_for == "the lead is away until 2026-06-08"
    with clock.frozen(MONDAY + DAY):
        roll_over(MONDAY + DAY)
    assert mail_of(campaign, 1).scheduled_at == TUESDAY_9_JUNE
    assert mail_of(campaign, 2).scheduled_at == TUESDAY_9_JUNE + 3 * DAY
    handed_over(mail_of(campaign, 1))


@pytest.mark.parametrize("after", ["the return", "a reply"])
def test_a_campaign_that_begins_when_somebody_is_back_waits_for_nobody(after):
    first = sent(running())
    came(away(first, "Ik ben afwezig en op woensdag 3 juni weer terug."))
    begins = MONDAY + 3 * DAY
    if after == "a reply":
        came(reply(first), MONDAY + 2 * HOUR)
        begins = MONDAY + DAY
    campaign = next_campaign(begins)
    mail = mail_of(campaign, 1)
    assert mail.enrollment.waits_until is None
    assert (mail.scheduled_at, mail.not_before) == (begins, begins)
    assert not mail.domain.needs_replanning


def test_the_others_in_such_a_campaign_wait_for_nobody():
    first = sent(running())
    came(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."))
    LeadFactory(email="jan@elders.nl")
    campaign = next_campaign(MONDAY + DAY)
    assert mail_of(campaign, 1, "jan@elders.nl").enrollment.waits_until is None
    with clock.frozen(MONDAY + DAY):
        roll_over(MONDAY + DAY)
    assert mail_of(campaign, 1, "jan@elders.nl").scheduled_at == MONDAY + DAY


def test_who_has_left_the_company_is_for_a_person_to_decide():
    campaign = running()
    inbound = came(
        away(sent(campaign), "Piet werkt niet meer bij ons. Mail voortaan jan@hotel-zon.nl.")
    )
    assert (inbound.auto_reply, inbound.state) == ("left_company", "to_review")
    assert (enrollment().status, enrollment().waits_until) == ("active", None)
    assert mail_of(campaign, 2).not_before == MONDAY + 3 * DAY


def test_an_acknowledgement_changes_nothing():
    campaign = running()
    inbound = came(away(sent(campaign), "Wij hebben uw bericht ontvangen."))
    assert (inbound.auto_reply, inbound.state) == ("acknowledgement", "done")
    assert (enrollment().status, enrollment().waits_until) == ("active", None)
    assert mail_of(campaign, 2).not_before == MONDAY + 3 * DAY


def test_a_thousand_automatic_replies_hold_no_longer_than_one():
    campaign = running()
    first = sent(campaign)
    for minute in range(5):
        body = f"Ik ben afwezig en op maandag 8 juni weer terug. {minute}"
        came(away(first, body), MONDAY + HOUR + timedelta(minutes=minute))
    assert enrollment().waits_until == TUESDAY_9_JUNE
    assert figures(first) == {"planned": 1, "sent": 1}
