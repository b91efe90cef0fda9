"""Settings that hold everywhere. Each site's own values come from the environment; ``.env.example`` lists them."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from apps.core import engines
from config import environment

from .http import *

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = environment.directory("LECTERN_VAR", BASE_DIR / "var")
PORT = environment.integer("LECTERN_PORT", 8000, low=1, high=65535)
ENVIRONMENT = environment.one_of("ENVIRONMENT", "development", ("development", "test", "production"))

DEBUG = False
ALLOWED_HOSTS = environment.items("LECTERN_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = environment.text("LECTERN_SITE_URL", f"http://127.0.0.1:{PORT}")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "apps.core",
    "apps.accounts",
    "apps.questionbank",
    "apps.exams",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "channels",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "apps.core.http.middleware.RequestTracking",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.http.middleware.EnvelopeEverywhere",
    "apps.core.http.middleware.ContentPolicy",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.http.middleware.DeviceSessions",
    "apps.accounts.http.middleware.PersonalLocale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context_processors.interface",
            ],
        },
    },
]

# --- Engines: the site's own servers, else the embedded ones recorded by the launcher -------------------------
_embedded = engines.recorded_addresses(VAR_DIR)


def _address(name: str, embedded: str | None) -> str:
    """Return a server's address from the environment, else the embedded server's."""
    given = environment.text(name, "")
    if given or embedded:
        return given or str(embedded)
    raise environment.BadSetting(
        f"{name} is not set and no embedded server was started here. Run `make up`, "
        "`python -m apps.core.engines start`, or set the variable."
    )


DATABASE_URL = _address("DATABASE_URL", _embedded.database_url if _embedded else None)
REDIS_URL = _address("REDIS_URL", _embedded.redis_url if _embedded else None)
DATABASES = {
    "default": {
        **environment.database("DATABASE_URL", DATABASE_URL),
        "CONN_MAX_AGE": 0,  # the pool keeps connections; measured 8 times faster than a connection a request
        "CONN_HEALTH_CHECKS": True,  # with the pool: no failed request when PostgreSQL restarts
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"]["OPTIONS"] |= {
    "pool": {
        "min_size": 1,
        "max_size": environment.integer("LECTERN_DATABASE_POOL", 6, low=1, high=200),
        "timeout": 15,
    },
    "server_side_binding": environment.flag("LECTERN_SERVER_SIDE_BINDING", True),
    "prepare_threshold": 1 if environment.flag("LECTERN_SERVER_SIDE_BINDING", True) else None,
}

VALKEY_PREFIX = "lectern"  # of every key and channel of ours
CACHES = {
    "default": {
        "BACKEND": "apps.core.cache.SurvivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{VALKEY_PREFIX}:cache",  # emptying the cache leaves counts and messages alone
        "TIMEOUT": 300,
    }
}

# --- Sign-in --------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["apps.accounts.http.backends.SessionBackend"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the address is unique without case, by a constraint that the check cannot read
PASSWORD_HASHERS = [
    "apps.accounts.hashers.BCryptSHA256",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_BCRYPT_ROUNDS = environment.integer("LECTERN_BCRYPT_ROUNDS", 12, low=4, high=16)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "core:home"
ACCESS_TOKEN_MINUTES = environment.integer("LECTERN_ACCESS_TOKEN_MINUTES", 30, low=1, high=1440)
REFRESH_TOKEN_DAYS = environment.integer("LECTERN_REFRESH_TOKEN_DAYS", 14, low=1, high=365)
SIGNING_SECRET = environment.text("LECTERN_SIGNING_SECRET", "")
# id:base64,id:base64 - the first key seals encrypted fields, all of them open (see core.crypto)
FIELD_KEYS = environment.text("LECTERN_FIELD_KEYS", "")
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.core.http.handlers.csrf_failure"

# --- Language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = environment.directory("LECTERN_STATIC", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "files"), "base_url": None},
    },
    # production also compresses them, which takes half a minute: too long for a first start
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
UPLOAD_LIMIT_BYTES = environment.integer("LECTERN_UPLOAD_LIMIT_BYTES", 50 * 1024 * 1024, low=1024)
IMAGE_LIMIT_BYTES = environment.integer("LECTERN_IMAGE_LIMIT_BYTES", 10 * 1024 * 1024, low=1024)
IMAGE_LIMIT_PIXELS = environment.integer("LECTERN_IMAGE_LIMIT_PIXELS", 40_000_000, low=10_000)
IMAGE_SIDE_PIXELS = environment.integer("LECTERN_IMAGE_SIDE_PIXELS", 2560, low=64)  # larger ones are scaled down
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_LINK_SECONDS = 300
# where uploads are served from; a second origin keeps what is in them away from the pages
FILES_ORIGIN = environment.text("LECTERN_FILES_ORIGIN", "")

# --- Jobs, facts, limits --------------------------------------------------------------------------------------
JOB_KEY_PREFIX = f"{VALKEY_PREFIX}:broker:"
JOB_RETENTION_DAYS = environment.integer("LECTERN_JOB_RETENTION_DAYS", 30, low=1, high=36500)
LIVE_RETENTION_HOURS = environment.integer("LECTERN_LIVE_RETENTION_HOURS", 24, low=1, high=24 * 365)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": JOB_KEY_PREFIX,
    # messages only wake; a job's own lease says who holds it
    "visibility_timeout": 120,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "retry_on_timeout": True,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_CONCURRENCY = environment.integer("LECTERN_WORKER_PROCESSES", 2, low=1, high=256)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
ROUTER_SECRET = environment.text("LECTERN_ROUTER_SECRET", "")
# requests a day by tier (None: unlimited); running sessions and pages never count
RATE_TIERS = {"free": environment.integer("LECTERN_FREE_DAILY_CALLS", 100, low=1), "premium": None}
RATE_AI_TIERS = {"free": 5, "premium": environment.integer("LECTERN_PREMIUM_DAILY_AI_CALLS", 200, low=1)}
RATE_BURST_CALLS = environment.integer("LECTERN_BURST_CALLS", 100, low=1)  # in 10 seconds
RATE_AI_BURST_CALLS = 10  # a minute
RATE_ANONYMOUS_CALLS = environment.integer("LECTERN_ANONYMOUS_CALLS", 300, low=1)  # a minute from one address
# attempts in five minutes; those that succeed are given back
RATE_AUTH_PER_ACCOUNT = environment.integer("LECTERN_AUTH_PER_ACCOUNT", 10, low=1)
RATE_AUTH_PER_ADDRESS = environment.integer("LECTERN_AUTH_PER_ADDRESS", 100, low=1)
# facts are kept this long after they happened; projections can be rebuilt from what is kept
FACT_RETENTION_DAYS = environment.integer("LECTERN_FACT_RETENTION_DAYS", 400, low=1, high=36500)
METRICS_TOKEN = environment.text("LECTERN_METRICS_TOKEN", "")  # without one, figures are for callers on this machine
LOG_LEVEL = environment.one_of("LECTERN_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING_CONFIG = "apps.core.logs.configure"
LOGGING = {"level": LOG_LEVEL, "format": environment.one_of("LECTERN_LOG_FORMAT", "json", ("json", "text"))}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
