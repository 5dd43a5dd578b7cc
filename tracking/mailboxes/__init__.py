"""Mails are read from IMAP mailboxes and handed to `tracking.receiving`, each of them once.

    tasks → turns (one mailbox's turn) → connection (IMAP) → position (a mail and the place
    behind it, in one transaction) → receiving

A mailbox is only looked at: folders are opened read-only (EXAMINE), mails are fetched with PEEK,
so nothing is deleted, moved or marked as read on the server.
"""
