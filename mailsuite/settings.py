"""All settings, read from the environment and checked here or in `mailsuite.checks`.

Development needs none of them. Production must set SECRET_KEY, SECRETS_KEYS, ALLOWED_HOSTS,
PUBLIC_URL, PSEUDONYM_KEY, DATABASE_URL and REDIS_URL; `manage.py check --deploy` says what is
missing.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from mailsuite.environment import (
    database,
    number,
    one_of,
    servers,
    several,
    switch,
    text,
    url,
    zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


environ.Env.read_env(BASE_DIR / ".env")

DEBUG = switch("DEBUG", False)
DEVELOPMENT = switch("DEVELOPMENT", not text("SECRET_KEY", ""))

_DEVELOPMENT_KEY = "development-only-key-that-every-checkout-shares-and-nobody-may-deploy"
_DEVELOPMENT_SEAL = "ZGV2ZWxvcG1lbnQtb25seS1zZWFsLTMyLWJ5dGVzISE="

SECRET_KEY = text("SECRET_KEY", _DEVELOPMENT_KEY if DEVELOPMENT else None)
SECRETS_KEYS = several("SECRETS_KEYS", [_DEVELOPMENT_SEAL] if DEVELOPMENT else [])
if not SECRETS_KEYS:
    raise ImproperlyConfigured(
        "SECRETS_KEYS is empty: stored passwords need a key. Make one with `python -c "
        '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`.'
    )
# Newest first; the older ones keep the links of mails already sent alive.
TRACKING_KEYS = several("TRACKING_KEYS", [SECRET_KEY])
# Never rotated: it recognises the addresses of erased people.
PSEUDONYM_KEY = text("PSEUDONYM_KEY", SECRET_KEY)

ALLOWED_HOSTS = several("ALLOWED_HOSTS", ["*"] if DEVELOPMENT else [])
# Where recipients' mail clients reach this installation: pixel, links, opt-out.
PUBLIC_URL = url(
    "PUBLIC_URL", "http://localhost:8000" if DEVELOPMENT else None, "http", "https"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = several("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL])
# How many proxies in front may be believed about a visitor's address.
PROXY_COUNT = number("PROXY_COUNT", 0, least=0, most=10)

INSTALLED_APPS = [
    "mailsuite",
    "mailsuite.lib.idempotency",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_celery_beat",
    "anymail",
    "axes",
    "django_structlog",
    "leads",
    "templates_app",
    "campaigns",
    "tracking",
]

MIDDLEWARE = [
    "mailsuite.probes.answer_probes",
    "tracking.fast_lane.answer_tracking",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mailsuite.urls"
WSGI_APPLICATION = "mailsuite.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Storage -----------------------------------------------------------------------------
# `mailsuite.lib.embedded` sets both URLs where nobody else did; what needs no server (mypy, and
# manage.py's WITHOUT_SERVERS) runs with a URL that leads nowhere.
DATABASES = {
    "default": {
        **database("DATABASE_URL", "postgres://localhost:1/not-configured"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A server that is out of reach must fail: the pixel and the worker wait for it.
        "OPTIONS": {"connect_timeout": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = url("REDIS_URL", "redis://localhost:1/0", "redis", "rediss")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
MEDIA_ROOT = Path(text("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = "media/"
STATIC_ROOT = Path(text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT

# --- Language and time -------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = zone("TIME_ZONE", "Europe/Amsterdam")

# --- People ------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SECURE_SSL_REDIRECT = switch("SECURE_SSL_REDIRECT", not DEVELOPMENT)
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
SECURE_HSTS_PRELOAD = not DEVELOPMENT
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- API ---------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["mailsuite.lib.api.permissions.ModelRights"],
    "DEFAULT_RENDERER_CLASSES": ["mailsuite.lib.api.envelope.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mailsuite.lib.api.parsers.StorableJSONParser"],
    "DEFAULT_METADATA_CLASS": None,  # the schema says it better than OPTIONS
    "DEFAULT_PAGINATION_CLASS": "mailsuite.lib.api.pages.Pages",
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": PROXY_COUNT,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "mailsuite.lib.api.errors.ServiceExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "mailsuite.lib.api.errors.EnvelopeErrors",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "CHECK_REVOKE_TOKEN": True,
    "UPDATE_LAST_LOGIN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "mailsuite",
    "DESCRIPTION": "Leads, templates, campaigns and what came of them.",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_AUTHENTICATION": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AudienceModeEnum": "campaigns.models.Audience.Mode",
        "CampaignStatusEnum": "campaigns.models.Campaign.Status",
        "DomainStateEnum": "campaigns.api.serializers.domains.STATES",
        "EnrollmentStatusEnum": "campaigns.models.Enrollment.Status",
        "EnteredReasonEnum": "leads.api.suppressions.ENTERED",
        "EventKindEnum": "campaigns.models.MessageEvent.Kind",
        "ImportModeEnum": "leads.models.LeadImport.Mode",
        "ImportStatusEnum": "leads.models.LeadImport.Status",
        "InboundKindEnum": "tracking.api.serializers.KINDS",
        "InboundStateEnum": "tracking.models.InboundMail.State",
        "IntentEnum": "tracking.api.serializers.INTENTS",
        "LeadStatusEnum": "leads.models.Lead.Status",
        "MessageStatusEnum": "campaigns.models.Message.Status",
        "ReplyStatusEnum": "tracking.models.OutboundReply.Status",
        "StepKindEnum": "campaigns.models.FlowStep.Kind",
        "SuppressionReasonEnum": "leads.models.Suppression.Reason",
    },
    "SWAGGER_UI_DIST": "SIDECAR",  # nothing from strangers' servers
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mailsuite.lib.api.schema.wrap_in_envelope",
    ],
}

# --- Work in the background --------------------------------------------------------------
# Celery carries ids and ticks, never mail, and never an ETA: all state is in PostgreSQL, so
# a lost or doubled task is harmless.
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Longer than the longest turn of a sending domain (`mailsuite.checks.turns_end`).
CELERY_TASK_TIME_LIMIT = 1800
# Foreign mail servers are slow, so reading mailboxes has a queue of its own. A worker without
# --queues takes from both, in the order of their names: what sends goes first, and waits for a
# free process, never for the mailboxes that wait.
CELERY_TASK_QUEUES = [
    Queue("celery", routing_key="celery"),
    Queue("mailboxes", routing_key="mailboxes"),
]
CELERY_TASK_ROUTES = {"tracking.tasks.read_mailbox": {"queue": "mailboxes"}}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,
    "queue_order_strategy": "sorted",
}
# A task that a worker holds back for its next free process would be ahead of both queues.
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Celery would end the database connection after each task, and with it a server process.
# `mailsuite.celery` looks after it between tasks instead, as Django does between requests.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE_FILE = BASE_DIR / "celerybeat-schedule"
# The demo's clock runs fast; its beat keeps up by dividing every interval by this.
CELERY_BEAT_SPEED = number("CELERY_BEAT_SPEED", 1, least=1, most=1000)

# --- Sending -----------------------------------------------------------------------------
# In test mode every mail goes the whole way, then into a folder instead of to a server.
MAIL_TEST_MODE = switch("MAIL_TEST_MODE", False)
MAIL_TEST_FOLDER = Path(text("MAIL_TEST_FOLDER", str(VAR_DIR / "outbox")))
# How long a server may think about a mail that it has been handed; RFC 5321 §4.5.3.2.6 has 10
# minutes.
SMTP_TIMEOUT_SECONDS = number("SMTP_TIMEOUT_SECONDS", 300, least=1, most=600)
# Not 0: the text of a mail would be gone before its sending is finished.
SENT_CONTENT_RETENTION_DAYS = number("SENT_CONTENT_RETENTION_DAYS", 365, least=1, most=36_500)
UNKNOWN_ATTENTION_HOURS = number("UNKNOWN_ATTENTION_HOURS", 72, least=1, most=8_760)

# --- What comes back ---------------------------------------------------------------------
# How long mails that came back are kept as they were (what was read in them stays), and how long
# those that name no mail of ours wait for a person.
INBOUND_RAW_DAYS = number("INBOUND_RAW_DAYS", 30, least=1, most=36_500)
INBOUND_MAX_BYTES = number("INBOUND_MAX_BYTES", 50 * 1024 * 1024, least=1024, most=1024**3)
# So many mails in a row that an address could not take for the moment, and it gets no more.
SOFT_BOUNCES_IN_A_ROW = number("SOFT_BOUNCES_IN_A_ROW", 3, least=1, most=100)
# How long a flow waits for somebody who is away and does not say until when.
ABSENCE_WORKDAYS = number("ABSENCE_WORKDAYS", 5, least=1, most=100)

# --- Providers' webhooks -----------------------------------------------------------------
# Older events are not believed. Longer than any provider goes on telling what we did not hear.
WEBHOOK_MAX_AGE_HOURS = number("WEBHOOK_MAX_AGE_HOURS", 72, least=1, most=336)

# Whom to ask about the records of sending domains; none: the servers that this machine asks.
DNS_SERVERS = servers("DNS_SERVERS", 53)

# --- Files from people -------------------------------------------------------------------
IMPORT_MAX_BYTES = number("IMPORT_MAX_BYTES", 50 * 1024 * 1024, least=1024, most=1024**3)
IMPORT_MAX_ROWS = number("IMPORT_MAX_ROWS", 250_000, least=1, most=10_000_000)
# How long the file of a finished import is kept, to be run again and for its report.
IMPORT_FILE_RETENTION_DAYS = number("IMPORT_FILE_RETENTION_DAYS", 30, least=1, most=36_500)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Monitoring --------------------------------------------------------------------------
# Who may read /metrics from another machine; without it, only this machine may.
METRICS_TOKEN = text("METRICS_TOKEN", "")

# --- Logs --------------------------------------------------------------------------------
LOG_LEVEL = one_of("LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMAT = one_of("LOG_FORMAT", "console" if DEVELOPMENT else "json", "json", "console")

from mailsuite.lib.logs import configure as configure_logs  # noqa: E402

# One line for a request and one for a task, when it is done.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = (
    logging.DEBUG
)
LOGGING = configure_logs(level=LOG_LEVEL, json=LOG_FORMAT == "json")

# --- Admin -------------------------------------------------------------------------------
FORMAT_MODULE_PATH = ["mailsuite.formats"]
UNFOLD = {
    "SITE_TITLE": "mailsuite",
    "SITE_HEADER": "mailsuite",
    "SITE_SUBHEADER": "Paced e-mail outreach",
    "SITE_SYMBOL": "outgoing_mail",
    "SITE_URL": None,
    "ENVIRONMENT": "mailsuite.navigation.environment",
    "DASHBOARD_CALLBACK": "mailsuite.dashboard.add_to_context",
    "STYLES": ["mailsuite.navigation.stylesheet"],
    "SIDEBAR": {"navigation": "mailsuite.navigation.sidebar"},
    "COMMAND": {"search_models": ["leads.lead", "campaigns.campaign", "templates_app.template"]},
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .013 195)",
            "100": "oklch(94.2% .035 195)",
            "200": "oklch(89.2% .068 194)",
            "300": "oklch(82.3% .098 193)",
            "400": "oklch(72.6% .113 192)",
            "500": "oklch(62.6% .106 192)",
            "600": "oklch(53.2% .091 193)",
            "700": "oklch(45.2% .077 194)",
            "800": "oklch(38.2% .063 196)",
            "900": "oklch(33.4% .052 198)",
            "950": "oklch(23.8% .042 200)",
        },
    },
}
