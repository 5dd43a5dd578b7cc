"""Providers' APIs, through django-anymail.

The rule of SMTP holds here too: an answer is definite, silence after the request may have
left is `unknown`. Anymail's own documentation warns that a read that timed out, tried
again, delivers twice.
"""

from __future__ import annotations

from email.mime.image import MIMEImage
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from anymail.message import AnymailStatus
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from urllib3.exceptions import NewConnectionError

from campaigns.mail import ComposedMail
from campaigns.models import SendingAccount
from campaigns.refusals import names_the_sender
from campaigns.transport.base import Delivery, Outcome, Transport, TransportUnavailableError

# Credentials, credit, a sending domain that the provider does not know.
_ABOUT_THE_ACCOUNT = (401, 402, 403, 404)
# Requests that a server answers so were not carried out (RFC 9110 §15.5, RFC 6585 §4).
_NOT_NOW = (408, 425, 429, 503)

# Of one recipient among several, in anymail's words.
_REFUSED = ("invalid", "rejected", "failed")

# What a provider's backend calls the key, where not `api_key`.
_KEY_NAMES = {"postmark": "server_token", "mailersend": "api_token"}

# The name under which a provider's events repeat our Message-ID, also where its own id of the mail
# never reached us. Postmark takes no value longer than 80 characters.
OWN_ID = "mailsuite-id"
_LONGEST_METADATA = 80
_WITHOUT_METADATA = ("mailersend",)


class ProviderTransport(Transport):
    def __init__(self, account: SendingAccount) -> None:
        self._account = account
        self._backend: Any = None

    def connect(self) -> None:
        if self._backend is not None:
            return
        try:
            backend = import_string(f"anymail.backends.{self._account.backend}.EmailBackend")
            self._backend = backend(fail_silently=False, **self._options())
            self._backend.open()
        except (AnymailConfigurationError, ImproperlyConfigured, ImportError, TypeError) as problem:
            self._backend = None
            raise TransportUnavailableError(
                f"The account {self._account.name!r} is not set up for "
                f"{self._account.get_backend_display()}: {problem}",
                is_account_problem=True,
            ) from problem

    def deliver(self, mail: ComposedMail) -> Delivery:
        message = as_django_message(mail)
        message.connection = self._backend
        if self._account.backend not in _WITHOUT_METADATA:
            message.metadata = own_id(mail.message_id)  # type: ignore[attr-defined]
        try:
            self._backend.send_messages([message])
        except AnymailRecipientsRefused as problem:
            return Delivery(Outcome.REFUSED, detail=str(problem))
        except AnymailAPIError as problem:
            return _judge(problem)
        except requests.RequestException as problem:
            return _judge_silence(problem)
        except AnymailError as problem:  # what the provider cannot express: nothing left
            return Delivery(Outcome.REFUSED, detail=str(problem))
        status = message.anymail_status  # type: ignore[attr-defined]
        if mail.cc:
            return _of_several(mail, status)
        return Delivery(
            Outcome.ACCEPTED, detail=f"{status}", provider_id=str(status.message_id or "")
        )

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _options(self) -> dict[str, Any]:
        options = dict(self._account.provider_options)
        if self._account.secret:
            name = _KEY_NAMES.get(self._account.backend, "api_key")
            options.setdefault(name, self._account.secret)
        return options


def as_django_message(mail: ComposedMail) -> EmailMultiAlternatives:
    """For a provider's API: it builds the MIME itself."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=f'"{_quoted(mail.sender_name)}" <{mail.sender_address}>',
        to=[mail.recipient],
        cc=list(mail.cc),
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**mail.headers, "Message-ID": f"<{mail.message_id}>"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for image in mail.inline_images:
        message.attach(_inline_part(image.content_id, image.filename, image.content))
    for attachment in mail.attachments:
        message.attach(attachment.filename, attachment.content, attachment.content_type)
    return message


def own_id(message_id: str) -> dict[str, str]:
    """What goes along with a mail, for the events about it."""
    return {OWN_ID: message_id} if len(message_id) <= _LONGEST_METADATA else {}


def _of_several(mail: ComposedMail, status: AnymailStatus) -> Delivery:
    """The first recipient decides. Refusals of all would have raised."""
    states = {address.lower(): one for address, one in status.recipients.items()}
    first = states[mail.recipient]
    if first.status in _REFUSED:
        return Delivery(Outcome.REFUSED, detail=f"{mail.recipient}: {first.status}")
    turned_away = tuple(
        f"{one}: {states[one].status}" for one in mail.cc if states[one].status in _REFUSED
    )
    if turned_away and not first.message_id:  # some refuse it all for one bad address
        return Delivery(Outcome.UNKNOWN, detail=", ".join(turned_away))
    return Delivery(
        Outcome.ACCEPTED,
        detail=f"{first.status}",
        provider_id=str(first.message_id or ""),
        turned_away=turned_away,
    )


def _inline_part(content_id: str, filename: str, content: bytes) -> Any:
    part = MIMEImage(content)
    part.add_header("Content-ID", f"<{content_id}>")
    part.add_header("Content-Disposition", "inline", filename=filename)
    return part


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _judge(problem: AnymailAPIError) -> Delivery:
    if isinstance(problem.__cause__, requests.RequestException) and problem.response is None:
        return _judge_silence(problem.__cause__)
    code = getattr(problem, "status_code", None)
    detail = str(problem)
    if code is None:
        return Delivery(Outcome.UNKNOWN, detail=detail)
    if code in _ABOUT_THE_ACCOUNT or (code < 500 and names_the_sender(detail)):
        return Delivery(Outcome.NOT_TRANSMITTED, code, detail, is_account_problem=True)
    if code in _NOT_NOW:
        return Delivery(Outcome.DEFERRED, code, detail)
    return Delivery(Outcome.REFUSED if code < 500 else Outcome.UNKNOWN, code, detail)


def _judge_silence(problem: requests.RequestException) -> Delivery:
    """Only a connection that was never made is sure to have delivered nothing."""
    cause = getattr(problem.args[0], "reason", None) if problem.args else None
    never_connected = isinstance(
        problem, requests.ConnectTimeout | requests.exceptions.SSLError
    ) or isinstance(cause, NewConnectionError)
    outcome = Outcome.NOT_TRANSMITTED if never_connected else Outcome.UNKNOWN
    return Delivery(outcome, detail=str(problem))
