"""What mail providers tell of our mails and of the answers to them: django-anymail's webhooks.

A call is checked and stored, one row an event, while the provider waits (`views`, `storing`); what
it says takes effect a moment later (`processing`), by the one way in that mailboxes take too.
"""
