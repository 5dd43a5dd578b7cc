"""The project: settings, urls, the Celery application, and the commands that run it all."""

from mailsuite.celery import app as celery_app

__all__ = ["celery_app"]
