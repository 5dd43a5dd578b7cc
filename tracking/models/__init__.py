from __future__ import annotations

from tracking.models.hits import Hit

__all__ = ["Hit"]
