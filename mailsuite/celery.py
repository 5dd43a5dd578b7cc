"""The Celery application. Tasks live in each app's `tasks.py`; what beat ticks stands in
the file `celerybeat-schedule`."""

import os

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections
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


@task_prerun.connect
def look_after_connections(**_: object) -> None:
    """As Django does before a request: end connections that are too old or broken."""
    close_old_connections()
