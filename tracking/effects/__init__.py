"""What follows from a mail that came back, tied to a message of ours.

One function a kind, all through `campaigns.events` and `leads.suppression`, in the transaction of
whoever received the mail. `take_effect(answer)` is the way in, and `foresee(answer)`
tells beforehand what it would do.
"""

from tracking.effects.foreseeing import foresee
from tracking.effects.taking import take_effect
from tracking.effects.values import Answer, Effect

__all__ = ["Answer", "Effect", "foresee", "take_effect"]
