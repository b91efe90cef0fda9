"""References to rows by their public id."""

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "string", "format": "uuid"})
class VisibleRow(serializers.Field[Model, Any, str, Any]):
    """The id of a row the caller may see; gives the row."""

    default_error_messages = {
        "malformed": _("This is not an id. Use the id of the row, as lists give it."),
        "missing": _("There is nothing with this id."),
    }

    def __init__(self, *, model: type[Model], **options: Any) -> None:
        self.model = model
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Model:
        """Return the row behind an id."""
        try:
            public_id = UUID(data) if isinstance(data, str) else None
        except ValueError:
            public_id = None
        if public_id is None:
            self.fail("malformed")
        rows = self.model._default_manager.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        row: Model | None = rows.filter(public_id=public_id).first()
        if row is None:
            self.fail("missing")
        return row

    def to_representation(self, value: Model) -> str:
        """Return the id."""
        return str(value.public_id)  # type: ignore[attr-defined]
