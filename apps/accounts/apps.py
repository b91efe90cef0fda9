"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the architecture page for what this app owns."""

    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register with the apps below."""
        from apps.accounts import handlers  # noqa: F401 - models must be loaded first
