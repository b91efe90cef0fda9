"""The question types: ``get(code)`` returns what one can do, ``TYPES`` holds all of them."""

from apps.questionbank.types.registry import TYPES, get

__all__ = ["TYPES", "get"]
