"""A Django project with django-post-office and nothing else, set up to its best.

It shares mailsuite's database. POST_OFFICE_BATCH and POST_OFFICE_THREADS try other sizes.
"""

import os

import environ

SECRET_KEY = "of-a-benchmark"  # noqa: S105
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office"]
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates"},
]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("SINK_PORT", "0"))
POST_OFFICE = {
    "BATCH_SIZE": int(os.environ.get("POST_OFFICE_BATCH", "2000")),
    "THREADS_PER_PROCESS": int(os.environ.get("POST_OFFICE_THREADS", "2")),
    "LOG_LEVEL": 1,  # failures alone; by default it keeps a row of each mail sent, too
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"post_office": {"handlers": ["console"], "level": "WARNING"}},
}
