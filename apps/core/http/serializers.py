"""Bases of what comes in by JSON."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request


class Input(serializers.Serializer[Any]):
    """What an operation takes. A field it does not know is refused by name, so that a misspelt one is never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values; see the class."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(str(name) for name in data if name not in known)
            if unknown:
                raise serializers.ValidationError(
                    {name: [_("This field is not known here.")] for name in unknown}, code="unknown"
                )
        return super().to_internal_value(data)


def read_body(kind: type[Input], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """Return the checked values of a request's body. Raises the REST framework's ``ValidationError``."""
    serializer = kind(data=request.data, partial=partial, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
