"""Previews and test mails: the same way, leading nowhere."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from campaigns.composing import compose, compose_preview, compose_test
from campaigns.mail import CannotComposeError
from campaigns.models import Campaign, MessageContent, TrackedLink
from leads.models import Suppression
from tests.campaigns.letters import links, message, path
from tests.factories import LeadFactory, SenderAliasFactory, TemplateFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def without_tokens(html: str) -> str:
    return re.sub(r"\?[ml0-9=&amp;]*t=[\w-]+", "", html)


def test_a_preview_is_the_mail_that_is_sent_but_for_its_inert_addresses() -> None:
    one = message(alias__signature_html="<p>Groet</p>")
    mail = compose(one)
    preview = compose_preview(
        one.template_version, one.lead, campaign=one.campaign, alias=one.alias
    )

    assert without_tokens(preview.html) == without_tokens(mail.html)
    assert without_tokens(preview.text) == without_tokens(mail.text)
    assert (preview.subject, preview.sender_address) == (mail.subject, mail.sender_address)
    assert preview.headers.keys() == mail.headers.keys()


def test_nothing_in_a_preview_leads_anywhere_or_leaves_a_trace(client: Client) -> None:
    one = message()
    preview = compose_preview(one.template_version, one.lead)
    pixel = re.findall(r'<img src="([^"]+)" width="1"', preview.html)

    assert len(links(preview)) == 3
    for url in [*links(preview), *map(unescape, pixel)]:
        assert client.get(path(url)).status_code == 404
        assert client.post(path(url), {"List-Unsubscribe": "One-Click"}).status_code in (404, 405)
    assert not TrackedLink.objects.exists()
    assert not MessageContent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_preview_shows_the_names_of_what_lacks() -> None:
    one = message("<p>{{ city }} <img src=\"{{image.cid 'hero'}}\" alt=''></p>")
    preview = compose_preview(one.template_version, one.lead)

    assert preview.missing == ("lead.city", "image.cid.hero")
    assert "[lead.city]" in preview.html
    assert preview.inline_images == ()


def test_a_preview_has_the_tracking_of_its_campaign() -> None:
    one = message()
    quiet = Campaign(name="x", track_opens=False, track_clicks=False)
    preview = compose_preview(one.template_version, one.lead, campaign=quiet)

    assert "/track/" not in preview.html


def test_a_preview_of_a_refused_source_says_why() -> None:
    one = message("{{ lead.fax }}")
    with pytest.raises(CannotComposeError, match=r"lead\.fax"):
        compose_preview(one.template_version, one.lead)


def test_a_test_mail_goes_to_the_colleague_with_links_that_work_and_count_nothing() -> None:
    one = message()
    mail = compose_test(
        one.template_version, one.lead, alias=one.alias, recipient="collega@punthelder.nl"
    )

    assert mail.subject == "[Test] Vraag voor Hotel Zon"
    assert mail.recipient == "collega@punthelder.nl"
    assert links(mail)[:2] == ["https://a.nl/?x=1&y=2", "https://b.nl"]
    assert "open.gif" not in mail.html
    assert mail.message_id != one.smtp_message_id
    assert f"m={one.pk}&" not in mail.html + mail.text + str(mail.headers)


def test_a_lead_and_a_sender_need_not_be_stored_for_a_preview() -> None:
    version = TemplateFactory().current_version
    alias = SenderAliasFactory.build(domain__name="nieuw.nl")
    mail = compose_preview(version, LeadFactory.build(company="Hotel Zon"), alias=alias)

    assert mail.subject == "Hello Hotel Zon"
    assert mail.sender_address == "christian@nieuw.nl"
