"""What the accounts API takes and gives."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.accounts.models import DeviceSession, Membership, University, User
from apps.core.http.serializers import Input


class LoginIn(Input):
    """An address and its password."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class RefreshIn(Input):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4000)


class ProfileIn(Input):
    """What people may change about themselves."""

    full_name = serializers.CharField(max_length=200, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    theme = serializers.ChoiceField(choices=User.Theme.choices, required=False)


class OrganizationOut(serializers.Serializer[Any]):
    """An organisation in few words."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    slug = serializers.CharField()


class MembershipOut(serializers.Serializer[Membership]):
    """The role somebody acts in, and where."""

    role = serializers.ChoiceField(choices=Membership.Role.choices)
    organization = OrganizationOut()


class UserOut(serializers.Serializer[User]):
    """Somebody to themselves."""

    id = serializers.UUIDField(source="public_id")
    email = serializers.EmailField()
    full_name = serializers.CharField()
    platform_role = serializers.ChoiceField(choices=User.PlatformRole.choices)
    tier = serializers.ChoiceField(choices=User.Tier.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    time_zone = serializers.CharField()
    theme = serializers.ChoiceField(choices=User.Theme.choices)
    membership = MembershipOut(source="acting_membership", allow_null=True)
    created_at = serializers.DateTimeField()


class TokensOut(serializers.Serializer[Any]):
    """The tokens of one device session."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class LoginOut(TokensOut):
    """The tokens, and whose they are."""

    user = UserOut()


class DeviceSessionOut(serializers.Serializer[DeviceSession]):
    """One signed-in device of one's own."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=DeviceSession.Kind.choices)
    address = serializers.IPAddressField(allow_null=True)
    agent = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    is_current = serializers.SerializerMethodField()

    def get_is_current(self, session: DeviceSession) -> bool:
        """Return whether the call comes from this device."""
        return bool(session.pk == self.context["request"].auth.pk)


class UniversityOut(serializers.Serializer[University]):
    """A university."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    organization = OrganizationOut()
    created_at = serializers.DateTimeField()
