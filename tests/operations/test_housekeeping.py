from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.db.models.functions import Now
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from campaigns.models import Message, MessageContent, Tick
from leads.models import LeadImport
from mailsuite import tasks
from mailsuite.lib.idempotency.models import IdempotencyRecord
from tests.factories import LeadImportFactory, MessageContentFactory, UserFactory

pytestmark = pytest.mark.django_db


def aged(row: Model, field: str, age: timedelta) -> Model:
    type(row)._default_manager.filter(pk=row.pk).update(**{field: Now() - age})
    return row


def test_content_goes_after_its_retention_and_the_message_stays(settings) -> None:
    settings.SENT_CONTENT_RETENTION_DAYS = 30
    old = aged(MessageContentFactory(), "created_at", timedelta(days=31))
    young = aged(MessageContentFactory(), "created_at", timedelta(days=29))
    tasks.housekeeping()
    assert list(MessageContent.objects.all()) == [young]
    assert Message.objects.filter(pk=old.message_id).exists()


def test_the_file_of_an_import_goes_after_its_retention_and_the_import_stays(settings) -> None:
    settings.IMPORT_FILE_RETENTION_DAYS = 7
    old, young = (
        aged(LeadImportFactory(status="completed"), "finished_at", timedelta(days=days))
        for days in (8, 6)
    )
    waiting = LeadImportFactory(status="pending")
    tasks.housekeeping()
    assert not Path(old.file.path).exists()
    assert [one.path is None for one in LeadImport.objects.order_by("pk")] == [True, False, False]
    assert Path(young.file.path).is_file()
    assert Path(waiting.file.path).is_file()


def test_expired_tokens_go_with_their_place_on_the_blacklist() -> None:
    expired = OutstandingToken.objects.create(jti="1", token="", expires_at=Now())
    valid = OutstandingToken.objects.create(jti="2", token="", expires_at=Now() + timedelta(days=1))
    for token in (expired, valid):
        BlacklistedToken.objects.create(token=token)
    aged(expired, "expires_at", timedelta(seconds=1))
    tasks.housekeeping()
    assert list(OutstandingToken.objects.values_list("jti", flat=True)) == ["2"]
    assert BlacklistedToken.objects.get().token == valid


def test_old_idempotency_keys_are_forgotten() -> None:
    user = UserFactory()
    for key, hours in (("old", 25), ("young", 23)):
        record = IdempotencyRecord.objects.create(
            user=user, key=key, request_digest="", response_status=201
        )
        aged(record, "created_at", timedelta(hours=hours))
    tasks.housekeeping()
    assert IdempotencyRecord.objects.get().key == "young"


def test_ticks_are_kept_for_a_week() -> None:
    for days in (1, 8):
        Tick.objects.create(at=Now() - timedelta(days=days))
    tasks.housekeeping()
    assert Tick.objects.count() == 1


def test_expired_sessions_go() -> None:
    for key, days in (("old", -1), ("young", 1)):
        Session.objects.create(session_key=key, expire_date=Now() + timedelta(days=days))
    tasks.housekeeping()
    assert Session.objects.get().session_key == "young"


def test_the_log_of_logins_is_kept_for_ninety_days() -> None:
    for name, days in (("old", 91), ("young", 89)):
        row = AccessLog.objects.create(username=name, path_info="/", http_accept="")
        aged(row, "attempt_time", timedelta(days=days))
    tasks.housekeeping()
    assert AccessLog.objects.get().username == "young"


def test_many_rows_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    for days in range(10, 15):
        Tick.objects.create(at=Now() - timedelta(days=days))
    tasks.housekeeping()
    assert not Tick.objects.exists()
