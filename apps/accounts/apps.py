"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """See the architecture page for what this app owns."""

    name = "apps.accounts"
    label = "accounts"
    verbose_name = _("People and organisations")

    def ready(self) -> None:
        """Register with the apps below."""
        from apps.accounts import handlers  # noqa: F401 - models must be loaded first
