"""Raw mail → what it is. Pure: no Django, no database, no clock, no network.

`read_mail(raw)` is the way in, `ReadMail` the way out. It never raises and never takes long,
whatever comes: each part of the mail is cut to a size first, and every pattern is linear in what
it reads. It says what a mail claims, never that the claim is true: whoever acts on it ties it to
a message of ours first, by the `references`.

    parts → complaint → bounce (delivery_status, bounce_text, diagnosis) → auto_reply
          → opt_out → reply (own_words, intent)
"""

from tracking.reading.reader import read_mail
from tracking.reading.values import (
    AutoReplySort,
    Complaint,
    Intent,
    Kind,
    ReadMail,
    Reason,
    Recipient,
    References,
    SignedReference,
    Verdict,
)

__all__ = [
    "AutoReplySort",
    "Complaint",
    "Intent",
    "Kind",
    "ReadMail",
    "Reason",
    "Recipient",
    "References",
    "SignedReference",
    "Verdict",
    "read_mail",
]
