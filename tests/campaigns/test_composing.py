"""One mail as it leaves: what it says, what it points to, what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import default
from html import unescape

import pytest
from django.test import Client

from campaigns.composing import compose
from campaigns.mail import CannotComposeError
from campaigns.mime import as_bytes
from campaigns.models import Message, TrackedLink
from leads.models import Suppression
from templates_app.models import TemplateVersion
from tests.campaigns.letters import (
    LINKS,
    PUBLIC,
    follow_up,
    for_composing,
    links,
    message,
    path,
    sent,
)
from tests.factories import EnrollmentFactory, ImageAssetFactory, MessageFactory, ReportFactory
from tests.factories.campaigns import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_a_mail_is_from_the_alias_to_the_lead() -> None:
    one = message(alias__sender_name="Christian  Jansen", alias__reply_to="hallo@punthelder.nl")
    mail = compose(one)

    assert (mail.sender_name, mail.sender_address) == (
        "Christian Jansen",
        "christian@punthelder.nl",
    )
    assert (mail.reply_to, mail.recipient) == ("hallo@punthelder.nl", "info@zon.example")
    assert mail.subject == "Vraag voor Hotel Zon"
    assert mail.message_id == "m1@punthelder.nl"
    assert mail.headers["X-Campaign-Message-ID"] == "m1@punthelder.nl"
    assert "Precedence" not in mail.headers


def test_every_kind_of_variable_has_its_value() -> None:
    html = (
        "{{ lead.email }} {{ bedrijf }} {{ vars.kamers }} {{ campaign.name }} {{ campaign.domain }}"
        " {{ campaign.sender_name }} {{ campaign.sender_email }} {{ full_name }}"
    )
    one = message(
        html,
        enrollment__campaign__name="Najaar",
        enrollment__lead__vars={"kamers": "60"},
        enrollment__lead__first_name="Anna",
        enrollment__lead__last_name="de Vries",
    )

    assert compose(one).text.splitlines()[0] == (
        "info@zon.example Hotel Zon 60 Najaar punthelder.nl Christian christian@punthelder.nl "
        "Anna de Vries"
    )


def test_the_pinned_version_is_sent_although_the_template_has_a_newer_one() -> None:
    one = message("<p>oud</p>")
    one.step.template.current_version.html = "<p>oud</p>"
    newer = TemplateVersion(template=one.step.template, number=2, subject="s", html="<p>nieuw</p>")
    newer.save()
    one.step.template.current_version = newer
    one.step.template.save()

    assert "<p>oud</p>" in compose(Message.objects.get(pk=one.pk)).html


def test_the_senders_signature_stands_below_the_body_and_above_the_way_out() -> None:
    one = message("<p>Dag</p>", alias__signature_html="<p>Groet, Christian<script>x</script></p>")
    mail = compose(one)

    assert "<p>Dag</p><p>Groet, Christian</p><p style" in mail.html
    assert "script" not in mail.html
    assert mail.text.startswith("Dag\n\nGroet, Christian\n\nWilt u geen e-mails")


def test_a_lead_without_what_the_mail_prints_gets_none_and_all_names_are_told() -> None:
    one = message("<p>{{ city }} {{ vars.kamers }} {{ image.url 'logo' }}</p>")

    with pytest.raises(CannotComposeError, match=r"lead\.city, vars\.kamers, image\.url\.logo"):
        compose(one)
    assert not TrackedLink.objects.exists()


def test_a_source_that_todays_rules_refuse_is_no_mail() -> None:
    with pytest.raises(CannotComposeError, match="html, line 1"):
        compose(message("{{ lead.fax }}"))


def test_a_mail_of_text_only_has_no_html_and_still_a_way_out() -> None:
    one = message("", text="Dag {{ company }}, zie https://a.nl")
    mail = compose(one)

    assert mail.html == ""
    assert mail.text.startswith("Dag Hotel Zon, zie https://a.nl\n\nWilt u geen")
    wire = BytesParser(policy=default).parsebytes(as_bytes(mail, MONDAY))
    assert wire.get_content_type() == "text/plain"


def test_clicks_go_over_us_to_the_stored_address(client: Client) -> None:
    mail = compose(message())
    first, second, _ = links(mail)

    assert client.get(path(first)).headers["Location"] == "https://a.nl/?x=1&y=2"
    assert client.get(path(second)).headers["Location"] == "https://b.nl"
    assert mail.text.startswith("Hotel Zon [A](https://a.nl/?x=1&y=2) [B](https://b.nl)")


def test_the_pixel_is_known_to_the_tracking(client: Client) -> None:
    (pixel,) = re.findall(r'<img src="([^"]+)" width="1"', compose(message()).html)

    assert client.get(path(unescape(pixel))).headers["Content-Type"] == "image/gif"


def test_the_way_out_opts_out_and_is_no_tracked_click(client: Client) -> None:
    mail = compose(message())
    way_out = links(mail)[-1]

    assert way_out.startswith(f"{PUBLIC}/unsubscribe?m=")
    assert way_out in mail.text
    assert f"<{way_out}>" in mail.headers["List-Unsubscribe"]
    answer = client.post(path(way_out), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Suppression.objects.filter(value="info@zon.example").exists()


def test_both_ways_of_list_unsubscribe_are_there_and_one_click_is_announced() -> None:
    one = message()
    headers = compose(one).headers
    token = links(compose(one))[-1].rpartition("t=")[2]

    assert headers["List-Unsubscribe"] == (
        f"<{PUBLIC}/unsubscribe?m={one.pk}&t={token}>, "
        f"<mailto:unsubscribe@punthelder.nl?subject=unsubscribe.{one.pk}.{token}>"
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_way_out_that_the_template_places_is_the_only_one() -> None:
    mail = compose(message('<p>Dag <a href="{{ campaign.unsubscribe_url }}">stop</a></p>'))

    assert [one.partition("?")[0] for one in links(mail)] == [f"{PUBLIC}/unsubscribe"]
    assert "Afmelden" not in mail.html + mail.text
    assert not TrackedLink.objects.exists()


def test_tracking_of_opens_and_clicks_is_switched_separately() -> None:
    no_opens = compose(message(enrollment__campaign__track_opens=False))
    assert "open.gif" not in no_opens.html
    assert "/track/click" in no_opens.html

    no_clicks = compose(
        message(
            enrollment__campaign__track_clicks=False,
            smtp_message_id="m2@punthelder.nl",
            enrollment__domain__name="b.nl",
            enrollment__lead__email="b@b.nl",
        )
    )
    assert "open.gif" in no_clicks.html
    assert links(no_clicks)[:2] == ["https://a.nl/?x=1&y=2", "https://b.nl"]


def test_an_address_is_stored_once_a_campaign_however_many_mails_link_to_it() -> None:
    one = message()
    compose(one)
    compose(follow_up(one))

    assert sorted(TrackedLink.objects.values_list("url", flat=True)) == [
        "https://a.nl/?x=1&y=2",
        "https://b.nl",
    ]


def test_a_mail_like_the_one_before_costs_no_query_once_it_is_read(
    django_assert_num_queries: Callable, django_capture_on_commit_callbacks: Callable
) -> None:
    one = message(LINKS.replace("<p>", "<p>{{ lead.email }}"))
    other = MessageFactory(
        enrollment=EnrollmentFactory(campaign=one.campaign, domain=one.domain), step=one.step
    )
    with django_capture_on_commit_callbacks(execute=True):
        compose(one)
    read = for_composing(other.pk)
    with django_assert_num_queries(0):
        compose(read)


def test_a_link_of_a_leads_own_costs_one_statement_and_leads_to_the_lead(
    client: Client, django_assert_num_queries: Callable
) -> None:
    own = '<p><a href="{{ lead.url }}">{{ lead.url }}</a></p>'
    one = message(own, enrollment__lead__url="www.zon.example/?a=1&b=2")
    compose(one)
    other = MessageFactory(
        enrollment=EnrollmentFactory(
            campaign=one.campaign, domain=one.domain, lead__url="https://maan.example"
        ),
        step=one.step,
    )
    read = for_composing(other.pk)
    with django_assert_num_queries(1):
        mail = compose(read)
    assert client.get(path(links(mail)[0])).headers["Location"] == "https://maan.example"
    assert sorted(TrackedLink.objects.values_list("url", flat=True)) == [
        "https://maan.example",
        "https://www.zon.example/?a=1&b=2",
    ]


def test_a_follow_up_with_picture_and_report_costs_a_few_queries(
    django_assert_max_num_queries: Callable,
) -> None:
    ImageAssetFactory(key="zon")
    ImageAssetFactory(key="logo")
    first = sent(message(enrollment__lead__image_key="zon"))
    second = follow_up(
        first, f"{LINKS}{{{{image.url 'logo'}}}}<img src=\"{{{{image.cid 'a'}}}}\" alt=''>"
    )
    second.step.attach_report = True
    second.step.save()
    ReportFactory(lead=first.lead)
    read = for_composing(second.pk)
    # template version, thread, links, pictures, report
    with django_assert_max_num_queries(5):
        compose(read)
