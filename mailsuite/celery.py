"""The Celery application. Tasks live in each app's `tasks.py`; what beat ticks stands in
the file `celerybeat-schedule`."""

import os

import structlog
from celery import Celery, Task
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailsuite.settings")

app = Celery("mailsuite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Binds the id of the task, and of the request that enqueued it, to every line it logs.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Celery would put its own handlers in place of the structured ones."""


@receiver(bind_extra_task_metadata)
def name_the_task(*, task: Task, **_: object) -> None:
    """Only the line of its start would have the name, and that one is for debugging."""
    structlog.contextvars.bind_contextvars(task=task.name)


@task_prerun.connect
def look_after_connections(**_: object) -> None:
    """As Django does before a request: end connections that are too old or broken."""
    close_old_connections()
