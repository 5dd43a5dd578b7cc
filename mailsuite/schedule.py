"""The file `celerybeat-schedule`, read into django-celery-beat whenever `migrate` runs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

# Marks the rows that this module owns; rows that a person added are left alone.
OWNED = "From celerybeat-schedule. "


@dataclass(frozen=True, slots=True)
class PeriodicEntry:
    name: str
    task: str
    every: timedelta
    purpose: str


def read(path: Path) -> list[PeriodicEntry]:
    """The entries of the TOML file. Raises ValueError naming the entry that is wrong."""
    entries = []
    for name, table in tomllib.loads(path.read_text()).items():
        try:
            every = timedelta(seconds=table["every_seconds"])
            entries.append(PeriodicEntry(name, table["task"], every, table["purpose"]))
        except (KeyError, TypeError) as problem:
            raise ValueError(f"{path.name}: [{name}] lacks or misstates {problem}") from None
    return entries


@transaction.atomic
def sync(entries: list[PeriodicEntry], *, speed: float = 1.0) -> None:
    """Make the rows of django-celery-beat match; a task's `enabled` is a person's to set."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    for entry in entries:
        microseconds = round(entry.every / timedelta(microseconds=1) / speed)
        whole = microseconds % 1_000_000 == 0
        interval, _ = IntervalSchedule.objects.get_or_create(
            every=microseconds // 1_000_000 if whole else microseconds,
            period=IntervalSchedule.SECONDS if whole else IntervalSchedule.MICROSECONDS,
        )
        PeriodicTask.objects.update_or_create(
            name=entry.name,
            defaults={
                "task": entry.task,
                "interval": interval,
                "description": OWNED + entry.purpose,
                # A tick that waited longer than its interval has been replaced by the next.
                "expire_seconds": max(1, microseconds // 1_000_000 - 5),
            },
        )
    PeriodicTask.objects.filter(description__startswith=OWNED).exclude(
        name__in=[entry.name for entry in entries]
    ).delete()


def sync_after_migrate(using: str, **_: Any) -> None:
    """post_migrate receiver. `migrate leads` alone may run before beat's tables exist."""
    table = apps.get_model("django_celery_beat", "PeriodicTask")._meta.db_table
    if table in connections[using].introspection.table_names():
        sync(read(settings.CELERY_BEAT_SCHEDULE_FILE), speed=settings.CELERY_BEAT_SPEED)
