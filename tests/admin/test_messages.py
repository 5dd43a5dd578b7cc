from __future__ import annotations

import pytest
from django.test import Client

from campaigns.models import Message, MessageContent
from tests.admin.conftest import page, pick, press, told
from tests.factories import MessageContentFactory, MessageFactory, SendAttemptFactory

pytestmark = pytest.mark.django_db


def unknown() -> Message:
    message = MessageFactory(status="unknown")
    SendAttemptFactory(message=message, outcome="unknown", gated_at=message.scheduled_at)
    return message


def test_a_person_settles_an_unknown_mail_as_sent(login) -> None:
    message = unknown()
    press(login("marketer"), message, "assume_sent_this")
    message.refresh_from_db()
    assert (message.status, message.sent_at) == ("sent", message.scheduled_at)


def test_a_person_has_an_unknown_mail_sent_again(login) -> None:
    message = unknown()
    press(login("ops"), message, "resend_this")
    message.refresh_from_db()
    assert message.status == "queued"


def test_only_what_stopped_can_be_settled(login) -> None:
    sent = MessageFactory(sent=True)
    answer = pick(login("marketer"), "resend_selected", sent)
    (refusal,) = told(answer)
    assert "only a failed one" in refusal
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_a_viewer_settles_nothing(login) -> None:
    message = unknown()
    viewer = login("viewer")
    assert press(viewer, message, "assume_sent_this").status_code == 403
    pick(viewer, "assume_sent_selected", message)
    message.refresh_from_db()
    assert message.status == "unknown"


def test_buttons_are_there_for_mails_that_stopped_alone(boss: Client) -> None:
    for status, titles in (
        ("unknown", ["Assume sent", "Send again"]),
        ("failed", ["Send again"]),
        ("queued", []),
    ):
        message = MessageFactory(status=status)
        context = boss.get(page(Message, "change", message.pk)).context
        assert [button["title"] for button in context["actions_detail"]] == titles


def test_nobody_writes_messages_by_hand(boss: Client) -> None:
    message = MessageFactory()
    assert boss.get(page(Message, "add")).status_code == 403
    assert boss.post(page(Message, "change", message.pk), {"status": "sent"}).status_code == 403
    assert boss.post(page(Message, "delete", message.pk), {"post": "yes"}).status_code == 403
    message.refresh_from_db()
    assert message.status == "queued"


def test_looking_at_a_mail_loads_and_follows_nothing(boss: Client) -> None:
    """Or the admin would open the mail, and click in it, for the recipient."""
    content = MessageContentFactory(
        html='<img src="https://mailsuite.example/track/open.gif?m=1"><script>alert(1)</script>'
    )
    text = boss.get(page(Message, "change", content.message_id)).content.decode()
    frame = text[text.index("<iframe") :]
    frame = frame[: frame.index(">")]
    assert 'sandbox=""' in frame
    assert "default-src &#x27;none&#x27;" in frame
    assert "a{pointer-events:none}" in frame
    assert "<script>alert(1)" not in text
    assert '<img src="https://mailsuite.example' not in text


def test_the_body_is_not_on_the_page_of_the_content(boss: Client) -> None:
    content = MessageContentFactory(html="<p>private</p>")
    assert "private" not in boss.get(page(MessageContent, "change", content.pk)).content.decode()
