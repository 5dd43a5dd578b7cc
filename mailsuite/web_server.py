"""How gunicorn serves mailsuite: `gunicorn --config python:mailsuite.web_server mailsuite.wsgi`.

The plain names at the end are gunicorn's settings. Where to listen and with how many processes
is left to whoever starts it.
"""

import logging.config
import os

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailsuite.settings")


class StructuredLogger(Logger):
    """Gunicorn's own lines, among ours.

    Without its log of requests: that has their queries, with recipients' tokens and whom
    somebody searched for. A request has its line from django_structlog.
    """

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.propagate = True
        logging.config.dictConfig(settings.LOGGING)


logger_class = StructuredLogger
loglevel = settings.LOG_LEVEL.lower()
errorlog = None  # no handler of gunicorn's own
accesslog = None
worker_class = "gthread"
control_socket_disable = True
