"""Events as the providers document them, about one mail of ours.

Each function answers what stands in the body; `About` says which mail it is about and when.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campaigns.models import Message
from campaigns.transport.provider import OWN_ID

WHEN = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class About:
    recipient: str = "info@hotel-zon.nl"
    own_id: str = ""  # our Message-ID, where it went along
    provider_id: str = "provider-1"
    at: datetime = WHEN
    number: str = "1"  # of the event

    @property
    def metadata(self) -> dict[str, str]:
        return {OWN_ID: self.own_id} if self.own_id else {}


def about(message: Message, **fields: Any) -> About:
    return About(recipient=message.recipient, own_id=message.smtp_message_id, **fields)


def _z(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def brevo(event: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """developers.brevo.com/docs/transactional-webhooks"""
    return {
        "event": event,
        "email": mail.recipient,
        "id": 26224,
        "date": "2026-06-02 11:30:00",
        "ts": int(mail.at.timestamp()),
        "message-id": f"<{mail.provider_id}@smtp-relay.mailin.fr>",
        "ts_event": int(mail.at.timestamp()),
        "ts_epoch": int(mail.at.timestamp() * 1000),
        "subject": "Uw website",
        "X-Mailin-custom": json.dumps(mail.metadata),
        "sending_ip": "185.41.28.109",
        **more,
    }


def mailersend(kind: str, mail: About = About(), **morph: Any) -> dict[str, Any]:
    """developers.mailersend.com/api/v1/webhooks.html, webhooks 1.0"""
    return {
        "type": f"activity.{kind}",
        "domain_id": "yv69oxl5kl785kw2",
        "created_at": _z(mail.at),
        "webhook_id": "2351ndgwr4zqx8ko",
        "url": "https://mail.example.org/webhooks/1/tracking",
        "data": {
            "object": "activity",
            "id": f"5fc0d006b42c3e16e177{mail.number}",
            "type": kind,
            "created_at": _z(mail.at),
            "email": {
                "object": "email",
                "id": "5fc0d003e7a5e7035446aa32",
                "created_at": _z(mail.at),
                "from": "christian@punthelder-seo.nl",
                "subject": "Uw website",
                "status": "rejected",
                "tags": None,
                "message": {"object": "message", "id": mail.provider_id, "created_at": _z(mail.at)},
                "recipient": {"object": "recipient", "id": "1", "email": mail.recipient},
            },
            "morph": {"object": "recipient_bounce", **morph} if morph else None,
            "template_id": "",
        },
    }


def mailersend_2(kind: str, mail: About = About(), **meta: Any) -> dict[str, Any]:
    """The same in webhooks 2.0, which are flat."""
    return {
        "type": f"activity.{kind}",
        "created_at": _z(mail.at),
        "data": {
            "id": f"5fc0d006b42c3e16e177{mail.number}",
            "type": kind,
            "message_id": mail.provider_id,
            "email": mail.recipient,
            "subject": "Uw website",
            "meta": meta or [],
        },
    }


def mailgun(event: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """documentation.mailgun.com, webhook payloads; without its signature"""
    return {
        "event-data": {
            "event": event,
            "id": f"W3X4JOhFT-OZidZGKKr9i{mail.number}",
            "timestamp": mail.at.timestamp(),
            "log-level": "error",
            "recipient": mail.recipient,
            "recipient-domain": mail.recipient.partition("@")[2],
            "envelope": {"sender": "christian@punthelder-seo.nl", "targets": mail.recipient},
            "message": {
                "headers": {
                    "to": mail.recipient,
                    "message-id": f"{mail.provider_id}@mg.example",
                    "from": "Christian <christian@punthelder-seo.nl>",
                    "subject": "Uw website",
                },
                "attachments": [],
                "size": 111,
            },
            "user-variables": mail.metadata,
            "tags": [],
            "flags": {"is-test-mode": False},
            **more,
        }
    }


def mailjet(event: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """dev.mailjet.com/email/guides/webhooks"""
    return {
        "event": event,
        "time": int(mail.at.timestamp()),
        "MessageID": 13792286917004336,
        "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j",
        "email": mail.recipient,
        "mj_campaign_id": 0,
        "mj_contact_id": 1,
        "customcampaign": "",
        "CustomID": "",
        "Payload": json.dumps(mail.metadata) if mail.metadata else "",
        **more,
    }


def postmark(record: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """postmarkapp.com/developer/webhooks"""
    at = _z(mail.at)
    whose = {"Bounce": "Email", "SpamComplaint": "Email"}.get(record, "Recipient")
    when = {
        "Bounce": "BouncedAt", "SpamComplaint": "BouncedAt", "Delivery": "DeliveredAt",
        "Open": "ReceivedAt", "SubscriptionChange": "ChangedAt",
    }[record]  # fmt: skip
    return {
        "RecordType": record,
        "MessageID": mail.provider_id,
        whose: mail.recipient,
        when: at,
        "Tag": "",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Metadata": mail.metadata,
        **more,
    }


def resend(kind: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """resend.com/docs/webhooks"""
    return {
        "type": f"email.{kind}",
        "created_at": _z(mail.at),
        "data": {
            "created_at": _z(mail.at),
            "email_id": mail.provider_id,
            "from": "Christian <christian@punthelder-seo.nl>",
            "to": [mail.recipient],
            "subject": "Uw website",
            "headers": [{"name": "X-Metadata", "value": json.dumps(mail.metadata)}],
            **more,
        },
    }


def sparkpost(kind: str, mail: About = About(), **more: Any) -> dict[str, Any]:
    """developers.sparkpost.com/api/webhooks; one of a list"""
    event_class = {"click": "track_event", "open": "track_event"}.get(kind, "message_event")
    if kind.endswith("_unsubscribe"):
        event_class = "unsubscribe_event"
    return {
        "msys": {
            event_class: {
                "type": kind,
                "event_id": f"9235692769381385{mail.number}",
                "timestamp": str(int(mail.at.timestamp())),
                "message_id": "000443ee14578172be22",
                "transmission_id": mail.provider_id,
                "raw_rcpt_to": mail.recipient,
                "rcpt_to": mail.recipient.lower(),
                "rcpt_meta": mail.metadata,
                "subject": "Uw website",
                **more,
            }
        }
    }
