"""What the three transactions of a mail say to the database, and nothing else does."""

from __future__ import annotations

CLAIM = "phase = 'claimed', attempt_id"
GATE = "EXECUTE take_to_wire"
FINISH = "EXECUTE record_sent"
