"""Answers as raw mails, whatever pieces a provider hands on."""

from __future__ import annotations

from email.policy import SMTP, compat32
from typing import Any

from tracking.webhooks.posts import UnreadableCallError


def as_raw(message: Any) -> bytes:
    """A mail that anymail has put together, as bytes."""
    if message is None:
        raise UnreadableCallError("The event holds no mail.")
    try:
        return bytes(message.as_bytes(policy=SMTP))
    except Exception:  # headers that nobody could have sent; the older policy minds less
        return _as_raw_loosely(message)


def _as_raw_loosely(message: Any) -> bytes:
    try:
        return bytes(message.as_bytes(policy=compat32))
    except Exception as problem:
        raise UnreadableCallError("The mail in the event cannot be put together.") from problem


def delivered_to(raw: bytes, *, recipient: str, sender: str | None) -> bytes:
    """`raw` with what a server writes in front of it when it delivers (RFC 5321 §4.4): a signed
    return path stands in the envelope only."""
    lines = []
    if sender is not None:
        lines.append(f"Return-Path: <{_one_line(sender)}>\r\n")
    if recipient:
        lines.append(f"Delivered-To: {_one_line(recipient)}\r\n")
    return "".join(lines).encode(errors="replace") + raw


def _one_line(address: str) -> str:
    return "".join(address.split()).strip("<>")[:320]
