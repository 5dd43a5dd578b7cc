from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from mailsuite import schedule
from mailsuite.celery import app
from mailsuite.schedule import PeriodicEntry

TICK = PeriodicEntry("tick", "campaigns.tasks.tick", timedelta(minutes=1), "Find what is due.")


def test_every_task_of_the_file_exists():
    app.loader.import_default_modules()
    entries = schedule.read(project.CELERY_BEAT_SCHEDULE_FILE)
    assert {entry.task for entry in entries} <= set(app.tasks)
    assert next(entry for entry in entries if entry.name == "tick").every == timedelta(minutes=1)


@pytest.mark.django_db
def test_migrate_writes_the_file_into_the_database_for_the_admin_to_show():
    PeriodicTask.objects.all().delete()
    call_command("migrate", verbosity=0)
    entries = schedule.read(project.CELERY_BEAT_SCHEDULE_FILE)
    assert set(PeriodicTask.objects.values_list("name", "task")) == {
        (entry.name, entry.task) for entry in entries
    }


@pytest.mark.django_db
def test_a_task_that_a_person_switched_off_stays_off():
    schedule.sync([TICK])
    PeriodicTask.objects.filter(name="tick").update(enabled=False)
    schedule.sync([TICK])
    assert not PeriodicTask.objects.get(name="tick").enabled


@pytest.mark.django_db
def test_what_left_the_file_leaves_the_database_and_a_persons_own_task_stays():
    every_hour = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.HOURS)
    PeriodicTask.objects.create(name="mine", task="some.task", interval=every_hour)
    schedule.sync([TICK])
    schedule.sync([])
    assert list(PeriodicTask.objects.values_list("name", flat=True)) == ["mine"]


@pytest.mark.django_db
def test_the_demos_speed_divides_every_interval():
    schedule.sync([TICK], speed=240)
    interval = PeriodicTask.objects.get(name="tick").interval
    assert interval.schedule.run_every == timedelta(seconds=0.25)


@pytest.mark.parametrize("line", ['task = "a.b"\npurpose = "x"', "every_seconds = 60"])
def test_an_entry_that_lacks_something_is_named(tmp_path, line):
    path = tmp_path / "celerybeat-schedule"
    path.write_text(f"[tick]\n{line}\n")
    with pytest.raises(ValueError, match=r"celerybeat-schedule: \[tick\] lacks"):
        schedule.read(path)
