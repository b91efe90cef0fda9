"""Settings of the test run: real engines, cheap password hashes, mail kept in memory."""

import os

os.environ.setdefault("ENVIRONMENT", "test")
os.environ.setdefault("LECTERN_BCRYPT_ROUNDS", "4")

from .base import *  # noqa: E402 - the environment above must be set first

SECRET_KEY = "test-only-key-that-signs-nothing-outside-the-test-run"  # noqa: S105 - the test run only
SIGNING_SECRET = "test-only-secret-of-receipts"  # noqa: S105 - the test run only
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "lectern.test"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATABASES["default"]["OPTIONS"].pop("pool")  # each test process owns its database; threads close their connections
