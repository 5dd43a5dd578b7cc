"""The product shown at work: `manage.py demo`.

A small outside world (mail server, recipients) meets the real stack on a clock that is stepped
from one moment at which something happens to the next, and an oracle that knows nothing of the
planner checks what the mail server took.
"""
