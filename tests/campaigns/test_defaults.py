import re

import pytest
from django.core.management import call_command

from campaigns.composing import compose_preview
from campaigns.defaults import DOMAINS, set_up_example
from campaigns.delays import delays_by_mail
from campaigns.models import (
    Campaign,
    Flow,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from campaigns.preparing import CampaignRows, prepare
from templates_app.models import Template, TemplateVersion
from tests.campaigns.drafts import MORNING, a_draft
from tests.factories import LeadFactory, SendingAccountFactory

# Each template is tried out in a process of its own, so all is set up once for all these tests.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield set_up_example()
        SenderAlias.objects.all().delete()
        SendingDomain.objects.all().delete()
        SendingPolicy.objects.all().delete()
        SendingAccount.objects.all().delete()
        Flow.objects.all().delete()
        Template.objects.update(current_version=None)
        TemplateVersion.objects.all().delete()
        Template.objects.all().delete()


def newest(example):
    return example.flow.versions.get()


def test_the_default_flow_is_four_mails_at_workdays_0_3_6_and_9(example):
    delays = delays_by_mail(newest(example).steps.all())
    assert [(delay.amount, delay.unit) for delay in delays.values()][1:] == [(3, "workdays")] * 3


def test_the_first_two_mails_come_from_christian_and_the_others_from_victor(example):
    mails = newest(example).steps.filter(kind="send").order_by("mail_number")
    aliases = list(mails.values_list("alias_name", flat=True))
    assert aliases == ["christian", "christian", "victor", "victor"]


def test_each_domain_has_both_senders_and_the_default_flow(example):
    assert [domain.name for domain in example.domains] == list(DOMAINS)
    for domain in example.domains:
        names = domain.aliases.order_by("name").values_list("name", flat=True)
        assert list(names) == ["christian", "victor"]
        assert domain.default_flow == example.flow


def test_setting_up_again_changes_nothing(example):
    policy = SendingPolicy.objects.get()
    SendingPolicy.objects.filter(pk=policy.pk).update(daily_cap=5)
    again = set_up_example(SendingAccountFactory())
    assert not again.created
    assert (Template.objects.count(), SendingDomain.objects.count()) == (4, 4)
    assert SendingPolicy.objects.get().daily_cap == 5


def test_the_example_can_be_launched_as_it_is(example):
    draft = a_draft(*example.domains, flow=example.flow)
    rows = CampaignRows(draft, draft.audience, example.domains)
    assert [mail.number for mail in prepare(rows, MORNING).mails] == [1, 2, 3, 4]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_mail_reads_well_for_a_lead_with_little_data(example, number):
    step = newest(example).steps.get(mail_number=number)
    alias = example.domains[0].aliases.get(name=step.alias_name)
    lead = LeadFactory.build(company="Hotel Zon", url="", city="", first_name="")
    untracked = Campaign(name="Voorjaar", track_clicks=False)
    mail = compose_preview(step.template.current_version, lead, alias=alias, campaign=untracked)
    assert mail.missing == ()
    assert "Hotel Zon" in mail.subject
    assert f"https://{alias.domain.name}/" in mail.html
    assert not re.search(r"[{}]|None|\bBeste ,", mail.text)


def test_the_command_says_what_is_there(example, capsys):
    call_command("set_up_example")
    assert capsys.readouterr().out.startswith(
        'Already there: the flow "Vindbaarheid in vier mails"'
    )
