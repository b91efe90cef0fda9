"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the architecture page for what this app owns."""

    name = "apps.accounts"
    label = "accounts"
