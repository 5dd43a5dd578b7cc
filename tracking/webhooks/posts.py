"""A provider's call as plain data, and the request that django-anymail reads out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message as MimePart
from email.parser import BytesParser
from email.policy import HTTP
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

# Bytes that are no UTF-8 stay what they are: a field can hold a whole mail in any encoding.
_RAW = "surrogateescape"
_MOST = 1_000  # fields of a form
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class UnreadableCallError(Exception):
    """The call or the event has not the shape that the provider documents."""


@dataclass(frozen=True)
class Post:
    """`headers`: names in lower case."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_form(self) -> bool:
        return self.content_type.partition(";")[0].strip().lower() in _FORMS

    @cached_property
    def payload(self) -> Any:
        """The body as JSON. Raises UnreadableCallError."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as problem:
            raise UnreadableCallError(f"The body is no JSON: {problem}") from problem

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the body, the last of each name; none for JSON. Raises
        UnreadableCallError."""
        return {name: str(values[-1]) for name, values in self.request().POST.lists() if values}

    def request(self) -> HttpRequest:
        return _Request(self)


class _Request(HttpRequest):
    """Django's own reading of forms stops at DATA_UPLOAD_MAX_MEMORY_SIZE, which a whole mail in
    one field may well exceed; how long a call may be was settled when it was let in."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self.method = "POST"
        self.META = {"CONTENT_TYPE": post.content_type, "CONTENT_LENGTH": str(len(post.body))}
        self.META |= {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in post.headers.items()
        }
        try:
            self.content_type, self.content_params = parse_header_parameters(post.content_type)
        except ValueError:  # a line that is longer than any header
            self.content_type, self.content_params = "", {}
        self._body = post.body
        fields, self.FILES = _form(post, self.content_type or "")
        self.POST = fields  # type: ignore[assignment]  # one that can still be written to


def as_bytes(field: str) -> bytes:
    """The field of a form as it came."""
    return field.encode(errors=_RAW)


def _form(post: Post, content_type: str) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    fields = QueryDict(mutable=True)
    files: MultiValueDict[str, Any] = MultiValueDict()
    if content_type == "application/x-www-form-urlencoded":
        for name, value in _urlencoded(post.body):
            fields.appendlist(name, value)
    elif content_type == "multipart/form-data":
        for name, part in _parts(post.body, post.content_type):
            _add(name, part, fields, files)
    return fields, files


def _urlencoded(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        yield from parse_qsl(
            body.decode("ascii", _RAW), keep_blank_values=True, errors=_RAW, max_num_fields=_MOST
        )
    except ValueError as problem:
        raise UnreadableCallError(f"The form cannot be read: {problem}") from problem


def _parts(body: bytes, content_type: str) -> Iterator[tuple[str, MimePart]]:
    """The fields of a multipart form (RFC 7578), each with its name."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode(errors="replace")
    form = BytesParser(policy=HTTP.clone(max_line_length=0)).parsebytes(head + body)
    if not form.is_multipart():
        raise UnreadableCallError("The form has no parts.")
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            yield name, part


def _add(name: str, part: MimePart, fields: QueryDict, files: MultiValueDict[str, Any]) -> None:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    filename = part.get_filename()
    if filename is None:
        fields.appendlist(name, content.decode(errors=_RAW))
    else:
        file = SimpleUploadedFile(filename or name, content, part.get_content_type())
        files.appendlist(name, file)
