"""Settings of a machine of one's own: everything works, nothing needs to be configured."""

import base64
import hashlib

from apps.core.engines.credentials import ensure_secret

from .base import *

SECRET_KEY = environment.text("LECTERN_SECRET_KEY", "") or ensure_secret(VAR_DIR, "secret_key")
SIGNING_SECRET = SIGNING_SECRET or ensure_secret(VAR_DIR, "signing_secret")
_field_key = base64.b64encode(hashlib.sha256(ensure_secret(VAR_DIR, "field_key").encode()).digest()).decode()
FIELD_KEYS = FIELD_KEYS or f"var:{_field_key}"
ALLOWED_HOSTS = environment.items("LECTERN_HOSTS", "localhost,127.0.0.1,[::1],.lectern.test")
CELERY_BROKER_URL = REDIS_URL
