"""What the first migration imports by this name; it is in `fields`."""

from heritage.models.fields import validate_cover, validate_palette, validate_scene

__all__ = ["validate_cover", "validate_palette", "validate_scene"]
