"""Settings of a site people depend on. It refuses to start without what it needs."""

from .base import *

SECRET_KEY = environment.text("LECTERN_SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise environment.BadSetting("LECTERN_SECRET_KEY is too short; use at least 50 random characters.")
SIGNING_SECRET = environment.text("LECTERN_SIGNING_SECRET")
FIELD_KEYS = environment.text("LECTERN_FIELD_KEYS")
ALLOWED_HOSTS = environment.items("LECTERN_HOSTS")
if not ALLOWED_HOSTS:
    raise environment.BadSetting("LECTERN_HOSTS is not set; list the host names this site answers to, comma separated.")
ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]  # this machine's own probes: supervisor, container, Prometheus
SITE_URL = environment.text("LECTERN_SITE_URL")

_https = environment.flag("LECTERN_HTTPS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^metrics$"]  # asked from within, where TLS has ended
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https

EMAIL_HOST = environment.text("LECTERN_SMTP_HOST", "localhost")
EMAIL_PORT = environment.integer("LECTERN_SMTP_PORT", 25, low=1, high=65535)
EMAIL_HOST_USER = environment.text("LECTERN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = environment.text("LECTERN_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("LECTERN_SMTP_TLS", False)
EMAIL_TIMEOUT = 15

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
if environment.text("LECTERN_S3_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": environment.text("LECTERN_S3_BUCKET"),
            "endpoint_url": environment.text("LECTERN_S3_ENDPOINT", "") or None,
            "access_key": environment.text("LECTERN_S3_KEY"),
            "secret_key": environment.text("LECTERN_S3_SECRET"),
            "default_acl": None,
            "querystring_expire": FILE_LINK_SECONDS,
        },
    }

if environment.text("LECTERN_SENTRY_DSN", ""):
    import sentry_sdk  # only where a DSN is set: the import costs a fifth of a second

    sentry_sdk.init(dsn=environment.text("LECTERN_SENTRY_DSN"), send_default_pii=False)
