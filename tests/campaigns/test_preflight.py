from datetime import time

import pytest

from campaigns.lifecycle import launch
from campaigns.preflight import check
from mailsuite.lib.errors import Conflict
from tests.campaigns.drafts import EARLY, MORNING, a_domain, a_draft, a_flow
from tests.factories import (
    DomainCheckFactory,
    FlowFactory,
    FlowStepFactory,
    FlowVersionFactory,
    LeadFactory,
    SendingAccountFactory,
    SendingPolicyFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db


def found(draft):
    return {finding.code: finding for finding in check(draft, MORNING)}


def codes(draft):
    return [finding.code for finding in check(draft, MORNING)]


def test_a_campaign_in_order_is_only_told_how_long_it_takes():
    LeadFactory()
    assert codes(a_draft()) == ["duration"]


def test_a_thousand_leads_with_four_mails_take_149_workdays_on_one_domain():
    LeadFactory.create_batch(1000)
    message = found(a_draft(flow=a_flow(4).flow))["duration"].message
    assert (
        "1,000 leads with 4 mails each take about 149 workdays of sending, not counting the "
        "9 workdays of waits, on 1 domain: "
    ) in message
    assert "27 mails a day make 6.75 new leads a workday" in message


def test_waits_of_several_units_are_told_apart_from_the_sending():
    LeadFactory()
    version = a_flow(3, delay=1)
    version.steps.filter(position=4).update(delay_unit="days")
    message = found(a_draft(flow=version.flow))["duration"].message
    assert "not counting the 1 workday and 1 calendar day of waits, on" in message


def test_a_campaign_that_was_launched_is_not_checked_for_its_launch():
    LeadFactory()
    campaign = launch(a_draft(), MORNING).campaign
    with pytest.raises(Conflict, match="is running; only a draft is checked"):
        check(campaign, MORNING)


def test_narrower_limits_take_longer():
    LeadFactory.create_batch(10)
    draft = a_draft(send_from=time(9), send_until=time(10))
    assert "10 leads with 1 mail each take about 4 workdays" in found(draft)["duration"].message


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "refused"),
        ({"template": None}, "refused"),
        ({"start_mode": "at", "start_at": EARLY}, "start_in_the_past"),
        ({"daily_limit": 28}, "limits_too_wide"),
        ({"send_from": time(7)}, "limits_too_wide"),
        ({"send_days": [6]}, "limits_too_wide"),
    ],
)
def test_what_refuses_a_launch_is_an_error(fields, code):
    LeadFactory()
    finding = found(a_draft(**fields))[code]
    assert finding.severity == "error"


def test_a_campaign_without_a_domain_is_told_to_choose_one():
    draft = a_draft()
    draft.campaign_domains.all().delete()
    assert found(draft)["no_domain"].field == "domains"


def test_limits_that_leave_no_day_are_an_error():
    policy = SendingPolicyFactory(send_days=[7], holiday_country="")
    assert "limits_too_wide" in codes(a_draft(a_domain(policy=policy), send_days=[1]))


def test_an_account_without_a_server_is_an_error():
    domain = a_domain(account=SendingAccountFactory(host="", name="Strato"))
    finding = found(a_draft(domain))["account_incomplete"]
    assert '"Strato" lacks a server' in finding.message


def test_a_busy_domain_is_an_error_that_names_its_campaign():
    LeadFactory()
    domain = a_domain()
    launch(a_draft(domain, name="Spring"), MORNING)
    assert 'the campaign "Spring"' in found(a_draft(domain))["domain_busy"].message


def test_a_paused_domain_is_a_warning():
    LeadFactory()
    domain = a_domain(name="punthelder-seo.nl", paused_at=MORNING, pause_reason="login refused")
    finding = found(a_draft(domain))["domain_paused"]
    assert finding.severity == "warning"
    assert finding.message.startswith("punthelder-seo.nl is paused: login refused.")


def test_held_leads_are_counted_with_what_they_lack():
    LeadFactory.create_batch(2, company="")
    LeadFactory()
    message = found(a_draft())["leads_held"].message
    assert message.startswith(
        "2 of 3 leads would be held back for review, for lack of: lead.company (2)"
    )


def test_an_empty_audience_is_a_warning():
    assert codes(a_draft()) == ["no_leads"]


def test_named_leads_that_do_not_exist_are_counted_and_named():
    lead = LeadFactory()
    draft = a_draft(mode="leads", audience={"lead_ids": [lead.pk, lead.pk + 1, lead.pk + 2]})
    finding = found(draft)["leads_not_found"]
    assert (finding.severity, finding.field) == ("warning", "audience.lead_ids")
    assert finding.message.startswith(
        f"2 of 3 leads named are not there: {lead.pk + 1}, {lead.pk + 2}. "
    )


@pytest.mark.parametrize(
    ("mode", "rules", "field"),
    [
        ("list", {"list_name": "hotls"}, "audience.list_name"),
        ("filter", {"filters": {"list_name": "hotls"}}, "audience.filters"),
    ],
)
def test_a_list_that_does_not_exist_is_told_with_the_near_ones(mode, rules, field):
    LeadFactory(list_name="hotels")
    LeadFactory(list_name="musea")
    finding = found(a_draft(mode=mode, audience=rules))["list_not_found"]
    assert (finding.severity, finding.field) == ("warning", field)
    assert finding.message == 'There is no list "hotls". Did you mean "hotels"?'


def test_a_list_whose_leads_are_all_excluded_is_no_unknown_list():
    LeadFactory(list_name="hotels", stopped_at=MORNING)
    assert codes(a_draft(mode="list", audience={"list_name": "hotels"})) == ["no_leads"]


def test_mails_without_a_wait_between_them_are_a_warning():
    LeadFactory()
    version = FlowVersionFactory(flow=FlowFactory())
    for number in (1, 2):
        FlowStepFactory(version=version, mail_number=number)
    finding = found(a_draft(flow=version.flow))["no_wait"]
    assert (finding.severity, finding.field) == ("warning", "flow_id")
    assert finding.message.startswith("Mail 2 follows the one before it without a wait")
    follow_up = found(a_draft(followup_enabled=True, followup_days=0))["no_wait"]
    assert follow_up.field == "followup.days"


def test_who_wants_suppressed_leads_is_told_that_nobody_may_mail_them():
    LeadFactory(status="suppressed")
    LeadFactory()
    draft = a_draft(audience={"exclude_suppressed": False})
    assert "(1 lead)" in found(draft)["suppressed_stay_out"].message


def test_errors_come_before_warnings_and_these_before_the_rest():
    LeadFactory(company="")
    LeadFactory()
    first, second = a_domain(), a_domain(paused_at=MORNING)
    launch(a_draft(first), MORNING)
    severities = [finding.severity for finding in check(a_draft(first, second), MORNING)]
    assert severities == ["error", "warning", "warning", "info"]


def test_an_unusable_filter_is_an_error():
    draft = a_draft(mode="filter", audience={"filters": {"colour": "red"}})
    assert found(draft)["refused"].field == "audience.filters"


def test_a_template_that_shows_a_missing_picture_is_an_error():
    template = TemplateFactory(version__html="<img src=\"{{ image.url('logo') }}\">")
    assert found(a_draft(template=template))["image_missing"].field == "template_id"


def test_a_domain_whose_record_is_wrong_is_warned_of_with_the_way_to_mend_it():
    LeadFactory()
    domain = a_domain(name="punthelder-seo.nl")
    DomainCheckFactory(
        domain=domain,
        kind="dmarc",
        verdict="failed",
        problem="There is no record.",
        remedy="Publish one.",
    )
    warning = found(a_draft(domain))["dmarc_failed"]
    assert (warning.severity, warning.field) == ("warning", "domains")
    assert warning.message == (
        "punthelder-seo.nl failed its check of DMARC on 2026-06-01, so receivers may refuse its "
        "mails or file them as spam. There is no record. Publish one."
    )


@pytest.mark.parametrize("verdict", ["passed", "weak", "unknown"])
def test_nobody_is_warned_of_what_did_not_fail(verdict: str):
    LeadFactory()
    domain = a_domain()
    DomainCheckFactory(domain=domain, verdict=verdict)
    assert codes(a_draft(domain)) == ["duration"]
