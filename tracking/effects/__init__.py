"""What follows from a mail that came back, tied to a message of ours.

One function a kind, all through `campaigns.events` and `leads.suppression`, in the transaction of
whoever received the mail. `take_effect(answer)` is the way in.
"""

from tracking.effects.taking import take_effect
from tracking.effects.values import Answer, Effect

__all__ = ["Answer", "Effect", "take_effect"]
