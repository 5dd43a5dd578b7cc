import pytest

from campaigns.delays import delays_by_mail
from campaigns.flow_building import add_version, mails_of, pin_version, steps_for
from campaigns.models import FlowStep, FlowVersion
from campaigns.scheduling.values import Delay, DelayUnit
from mailsuite.lib.errors import Refusal
from tests.campaigns.drafts import MORNING, a_domain, a_draft, a_flow
from tests.factories import FlowFactory, FlowStepFactory, TemplateFactory, WaitFactory

pytestmark = pytest.mark.django_db


def mail(template=None):
    return FlowStep(kind="send", template=template or TemplateFactory())


def wait(delay, unit="workdays"):
    return FlowStep(kind="wait", delay=delay, delay_unit=unit)


def test_a_template_alone_is_one_mail():
    draft = a_draft()
    (only,) = mails_of(steps_for(draft, []))
    assert (only.number, only.version) == (1, draft.template.current_version)
    assert not FlowVersion.objects.exists()


def test_a_follow_up_comes_after_its_workdays_and_may_carry_the_report():
    follow_up = TemplateFactory()
    draft = a_draft(
        followup_enabled=True,
        followup_days=4,
        followup_template=follow_up,
        followup_attach_report=True,
    )
    first, second = mails_of(steps_for(draft, []))
    assert second.delay == Delay(4, DelayUnit.WORKDAYS)
    assert second.version == follow_up.current_version
    assert (first.step.attach_report, second.step.attach_report) == (False, True)


def test_a_follow_up_without_a_template_of_its_own_says_the_same_again():
    draft = a_draft(followup_enabled=True)
    first, second = mails_of(steps_for(draft, []))
    assert first.version == second.version


def test_a_follow_up_of_zero_days_needs_no_wait():
    draft = a_draft(followup_enabled=True, followup_days=0)
    assert [step.kind for step in steps_for(draft, [])] == ["send", "send"]


def test_a_flow_is_taken_in_its_newest_version():
    flow = a_flow(mails=1).flow
    newest = add_version(flow, [mail(), wait(2), mail()])
    assert newest.number == 2
    draft = a_draft(flow=flow)
    assert [step.version for step in steps_for(draft, [])] == [newest] * 3


def test_without_template_and_flow_the_default_flow_is_suggested_and_not_sent():
    flow = a_flow(2).flow
    domains = [a_domain(default_flow=flow), a_domain(), a_domain(default_flow=flow)]
    with pytest.raises(Refusal) as refusal:
        steps_for(a_draft(*domains, template=None), domains)
    assert refusal.value.fields == {
        "template_id": "choose a template, or a flow by flow_id, such as the default flow of its "
        f'domains: "{flow}" (flow_id {flow.pk})'
    }


def test_without_anything_to_send_the_template_is_asked_for():
    with pytest.raises(Refusal, match="Choose a template or a flow") as refusal:
        steps_for(a_draft(template=None), [])
    assert list(refusal.value.fields) == ["template_id"]


def test_a_template_and_a_flow_at_once_are_refused():
    draft = a_draft(template=TemplateFactory(), flow=a_flow().flow)
    with pytest.raises(Refusal, match="not both"):
        steps_for(draft, [])


def test_a_deleted_template_is_refused():
    draft = a_draft(template=TemplateFactory(deleted_at=MORNING))
    with pytest.raises(Refusal, match="was deleted") as refusal:
        mails_of(steps_for(draft, []))
    assert list(refusal.value.fields) == ["template_id"]


def test_pinning_saves_the_steps_of_a_template_once():
    steps = steps_for(a_draft(followup_enabled=True), [])
    version = pin_version(steps)
    assert [step.kind for step in version.steps.order_by("position")] == ["send", "wait", "send"]
    assert pin_version(steps) == version
    assert FlowVersion.objects.count() == 1


def test_steps_are_numbered_as_they_stand():
    version = add_version(FlowFactory(), [wait(1), mail(), wait(1), wait(2), mail()])
    found = version.steps.order_by("position").values_list("position", "mail_number")
    assert list(found) == [(1, None), (2, 1), (3, None), (4, None), (5, 2)]


@pytest.mark.parametrize("steps", [[], [wait(1)]])
def test_a_flow_without_a_mail_is_refused(steps):
    with pytest.raises(Refusal, match="at least one mail"):
        add_version(FlowFactory(), steps)
    assert not FlowVersion.objects.exists()


def test_a_wait_that_no_mail_follows_is_refused():
    with pytest.raises(Refusal, match="no mail follows"):
        add_version(FlowFactory(), [mail(), wait(1)])


def test_waits_in_a_row_add_up():
    version = add_version(FlowFactory(), [mail(), wait(1), wait(2), mail()])
    assert delays_by_mail(version.steps.all())[2] == Delay(3, DelayUnit.WORKDAYS)


def test_waits_of_different_units_are_refused():
    with pytest.raises(Refusal, match="mix hours and workdays"):
        add_version(FlowFactory(), [mail(), wait(1), wait(5, "hours"), mail()])


def test_the_delay_of_a_mail_is_the_waits_before_it():
    second = FlowStepFactory(mail_number=2)
    FlowStepFactory(version=second.version, mail_number=1)
    WaitFactory(version=second.version, delay=5)
    assert delays_by_mail(second.version.steps.all())[2] == Delay(5, DelayUnit.WORKDAYS)
