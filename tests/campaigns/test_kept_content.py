"""A second attempt is the same mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.composing import compose
from campaigns.decisions import Verdict
from campaigns.kept_content import keep
from campaigns.mail import CannotComposeError
from campaigns.mime import as_bytes
from campaigns.models import Campaign, Message, MessageContent
from leads.models import Lead
from tests.campaigns.letters import LINKS, message
from tests.campaigns.mails import at_gate, claimed
from tests.factories import ImageAssetFactory, MessageContentFactory, ReportFactory
from tests.factories.campaigns import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_a_second_attempt_is_the_same_mail_whatever_has_changed_since() -> None:
    ImageAssetFactory(key="zon")
    one = message(
        f"{LINKS}<img src=\"{{{{image.cid 'hero'}}}}\" alt=''>",
        enrollment__lead__image_key="zon",
        report=True,
    )
    ReportFactory(lead=one.lead)
    mail = compose(one)
    assert at_gate(claimed(one), mail).verdict is Verdict.PASSED

    Lead.objects.update(company="Hotel Maan", vars={"x": "y"})
    Campaign.objects.update(track_opens=False, name="Anders")
    again = compose(Message.objects.get(pk=one.pk))

    assert again == mail
    assert as_bytes(again, MONDAY) != b""


def test_a_resend_goes_to_the_corrected_address() -> None:
    one = message()
    mail = compose(one)
    keep({one.pk: mail})
    Lead.objects.update(email="balie@zon.example")

    assert compose(Message.objects.get(pk=one.pk)) == replace(mail, recipient="balie@zon.example")


def test_what_is_kept_is_kept_from_the_first_time() -> None:
    one = message()
    mail = compose(one)
    keep({one.pk: mail})
    again = compose(Message.objects.get(pk=one.pk))
    keep({one.pk: replace(again, subject="Anders")})

    content = MessageContent.objects.get()
    assert (content.subject, content.text) == (mail.subject, mail.text)
    assert content.sender == "Christian <christian@punthelder.nl>"


@pytest.mark.parametrize(
    ("gone", "told"),
    [({"inline_images": {"c@punthelder.nl": "zon"}}, "'zon'"), ({"report_id": 7}, "report")],
)
def test_a_resend_without_its_picture_or_report_is_no_mail(gone: dict, told: str) -> None:
    content = MessageContentFactory(**gone)
    with pytest.raises(CannotComposeError, match=f"{told}.*deleted"):
        compose(Message.objects.get(pk=content.message_id))
