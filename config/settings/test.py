"""Settings of the test run: real engines, cheap password hashes, mail kept in memory."""

import os

os.environ.setdefault("ENVIRONMENT", "test")
os.environ.setdefault("LECTERN_BCRYPT_ROUNDS", "4")

from pathlib import Path

from apps.core import engines
from config import environment

engines.ensure_running(environment.directory("LECTERN_VAR", Path(__file__).resolve().parents[2] / "var"))

from .base import *  # noqa: E402 - the environment and the engines above come first

SECRET_KEY = "test-only-key-that-signs-nothing-outside-the-test-run"  # noqa: S105 - the test run only
FIELD_KEYS = "test:bGVjdGVybi10ZXN0LW9ubHkta2V5LTMyLWJ5dGVzLi4="
SIGNING_SECRET = "test-only-secret-of-receipts"  # noqa: S105 - the test run only
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "lectern.test"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # files straight from where they stand, nothing collected
DATABASES["default"]["OPTIONS"].pop("pool")  # each test process owns its database; threads close their connections

# processes of one test run, and a campus on the same servers, keep out of each other's way
VALKEY_PREFIX = f"lectern-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
CACHES["default"]["KEY_PREFIX"] = f"{VALKEY_PREFIX}:cache"
JOB_KEY_PREFIX = f"{VALKEY_PREFIX}:broker:"
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = JOB_KEY_PREFIX
STORAGES["default"]["OPTIONS"]["location"] = str(VAR_DIR / "files-test" / VALKEY_PREFIX)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(VAR_DIR / "metrics-test" / VALKEY_PREFIX))
