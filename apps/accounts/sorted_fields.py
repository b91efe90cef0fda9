"""What accounts' columns hold."""

from apps.core.personal import sort

sort(
    "accounts.Organization",
    plain="id public_id name slug tier is_default is_demo created_at",
)
sort(
    "accounts.University",
    plain="id public_id organization name created_at",
)
sort(
    "accounts.User",
    plain="id public_id platform_role tier is_active created_at",
    personal="email full_name language time_zone theme last_login",
    secret="password",  # noqa: S106 - a name
)
sort(
    "accounts.Membership",
    plain="id public_id organization created_at ended_at",
    personal="user role",
)
sort(
    "accounts.DeviceSession",
    plain="id public_id organization kind refresh_number refreshed_at expires_at ended_at end_reason",
    personal="user address agent created_at last_seen_at",
)
