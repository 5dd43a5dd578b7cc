"""What marketers do with what came back: read it, judge it, answer it, tie it to its message.

Nothing here is needed to receive a mail; `tracking.receiving` never comes here. What comes back on
a reply of ours is told in `tracking.own_replies`.
"""
