"""What is said over HTTP: the REST views, the OpenAPI document, other origins, and what browsers may do with a page."""

from csp.constants import NONCE

from config import environment

# --- REST -----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.http.authentication.BearerAuthentication",
        "apps.accounts.http.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.http.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["apps.core.http.renderers.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.http.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.http.pagination.EnvelopePagination",
    "DEFAULT_THROTTLE_CLASSES": ["apps.core.http.throttling.GroupThrottle"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.http.schema.EnvelopeSchema",
    "EXCEPTION_HANDLER": "apps.core.http.exceptions.to_envelope",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "iso-8601",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lectern",
    "DESCRIPTION": "Question banks, exams and the campus around them.",
    "VERSION": "1",
    "OAS_VERSION": "3.0.3",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # fields of one name with different choices need names of their own in the document
    "ENUM_NAME_OVERRIDES": {
        "ExamKind": ["exam"],
        "SessionKind": ["session"],
        "ExamStatus": ["draft", "upcoming", "open", "closed"],
        "SessionStatus": ["running", "closing", "finished"],
        "FinishedStatus": ["finished"],
        "SessionType": "apps.exams.models.ExamType",
        "ExamType": "apps.exams.models.PUBLISHED_TYPES",
        "QuestionStatus": "apps.questionbank.models.QuestionEntry.Status",
    },
    "PREPROCESSING_HOOKS": ["apps.core.http.schema.versioned_paths_only"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.core.http.schema.add_root_endpoints",
    ],
}
CORS_ALLOWED_ORIGINS = environment.items("LECTERN_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/.*$"

# --- Browser security -----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
