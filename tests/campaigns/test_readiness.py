import pytest

from campaigns.flow_building import mails_of, steps_for
from campaigns.readiness import check_templates, lacking
from mailsuite.lib.errors import Refusal
from tests.campaigns.drafts import a_draft, a_flow
from tests.factories import ImageAssetFactory, LeadFactory, TemplateFactory

pytestmark = pytest.mark.django_db


def mails(html, **fields):
    return mails_of(steps_for(a_draft(template=TemplateFactory(version__html=html), **fields), []))


def missing(lead, html):
    return lacking([lead.pk], mails(html)).get(lead.pk, ())


def test_a_lead_with_everything_lacks_nothing():
    assert missing(LeadFactory(vars={"rooms": "12"}), "{{ vars.rooms }}") == ()


def test_every_lacking_name_is_told():
    lead = LeadFactory(company="")
    assert missing(lead, "{{ vars.rooms }} {{ first_name }}") == (
        "lead.company",
        "vars.rooms",
        "lead.first_name",
    )


@pytest.mark.parametrize("blank", [{}, {"rooms": ""}, {"rooms": "  "}])
def test_a_blank_value_is_none(blank):
    assert missing(LeadFactory(vars=blank), "{{ vars.rooms }}") == ("vars.rooms",)


def test_a_fallback_or_a_condition_asks_for_nothing():
    html = "{{ first_name|default('collega') }} {% if vars.rooms %}{{ vars.rooms }}{% endif %}"
    assert missing(LeadFactory(), html) == ()


def test_hotel_name_is_satisfied_by_the_company():
    assert missing(LeadFactory(company="Zon"), "{{hotel_name}}") == ()


def test_full_name_is_made_of_its_parts():
    assert missing(LeadFactory(last_name="Vos"), "{{full_name}}") == ()


def test_what_composing_always_knows_is_never_missing():
    html = "{{ campaign.name }} {{ campaign.sender_name }} {{ campaign.unsubscribe_url }}"
    assert missing(LeadFactory(), html) == ()


def test_a_picture_is_there_when_its_file_is():
    html = "<img src=\"{{image.cid 'hero'}}\">"
    ImageAssetFactory(key="zon")
    assert missing(LeadFactory(image_key="zon"), html) == ()
    assert missing(LeadFactory(image_key="maan"), html) == ("image.cid.hero",)
    assert missing(LeadFactory(), html) == ("image.cid.hero",)


def test_a_static_picture_that_nobody_uploaded_stops_the_launch_and_not_each_lead():
    html = "<img src=\"{{ image.url('logo') }}\">"
    with pytest.raises(Refusal, match="pictures that are not there: logo"):
        check_templates(mails(html))
    ImageAssetFactory(key="logo")
    check_templates(mails(html))


def test_a_template_that_is_not_accepted_any_more_is_named():
    with pytest.raises(Refusal, match="Mail 1 can't be made from its template"):
        check_templates(mails("{% for x in range(9) %}{% endfor %}"))


def test_all_leads_are_asked_in_one_query(django_assert_num_queries):
    leads = LeadFactory.create_batch(20)
    wanted = mails("{{ vars.rooms }}")
    with django_assert_num_queries(1):
        assert len(lacking([lead.pk for lead in leads], wanted)) == 20


def test_a_lead_for_whom_the_subject_or_the_mail_comes_out_empty_lacks_it():
    zon, nobody = LeadFactory(company="Zon", vars={"x": "ja"}), LeadFactory(company="", vars={})
    template = TemplateFactory(
        version__subject="{{ company|default('') }}",
        version__html="{% if vars.x == 'ja' %}<p>Dag {{ company }}</p>{% endif %}",
    )
    flow = mails_of(steps_for(a_draft(template=template), []))
    assert lacking([zon.pk, nobody.pk], flow) == {nobody.pk: ("the mail comes out empty",)}


def test_only_a_lead_that_lacks_nothing_is_told_what_comes_out_empty():
    lead = LeadFactory(company="")
    assert missing(lead, "{{ city if vars.x else company }}") == ("lead.company",)


def test_a_flow_tells_which_of_its_mails_comes_out_empty():
    version, lead = a_flow(2), LeadFactory(company="")
    sends = version.steps.filter(kind="send").order_by("position")
    for step, subject in zip(sends, ("Vraag", "{{ company|d }}"), strict=True):
        step.template = TemplateFactory(version__subject=subject, version__html="<p>Dag</p>")
        step.save()
    flow = mails_of(steps_for(a_draft(flow=version.flow), []))
    assert lacking([lead.pk], flow) == {lead.pk: ("the subject of mail 2 comes out empty",)}


def test_nothing_is_rendered_for_a_template_that_has_text_for_everybody(monkeypatch):
    monkeypatch.setattr("campaigns.readiness.empty_part", None)
    assert missing(LeadFactory(), "<p>Dag{% if vars.x %} {{ vars.x }}{% endif %}</p>") == ()
