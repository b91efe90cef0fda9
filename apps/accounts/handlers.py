"""What accounts tells the apps below it: its places, its rows of organisations, and who is behind a live socket."""

from django.utils.translation import gettext_lazy as _

from apps.accounts import sorted_fields  # noqa: F401 - says what the columns of accounts hold
from apps.accounts.http.live import DeviceAuthority
from apps.accounts.models import DeviceSession, Membership, University
from apps.accounts.permissions import is_platform_admin
from apps.core import live, navigation, removal
from apps.core.navigation import Place

navigation.register(Place(label=_("Your account"), url_name="accounts:account", icon="person", order=10, section="you"))
navigation.register(
    Place(
        label=_("Administration"),
        url_name="admin:index",
        icon="settings",
        order=20,
        section="you",
        is_for=is_platform_admin,
    )
)
navigation.register(
    Place(label=_("Sign out"), url_name="accounts:sign_out", icon="out", order=90, section="you", method="post")
)
removal.register(DeviceSession, Membership, University)

live.set_authority(DeviceAuthority())
