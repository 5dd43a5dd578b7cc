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

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

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

    def _load_post_and_files(self) -> None:
        self._post = QueryDict(mutable=True)
        self._files: MultiValueDict[str, Any] = MultiValueDict()
        if self.content_type == "application/x-www-form-urlencoded":
            self._post = _urlencoded(self._body)
        elif self.content_type == "multipart/form-data":
            for name, part in _parts(self._body, self.META["CONTENT_TYPE"]):
                _add(name, part, self._post, self._files)


def _urlencoded(body: bytes) -> QueryDict:
    try:
        return QueryDict(body, encoding="utf-8")
    except Exception as problem:  # too many fields, among others
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
        fields.appendlist(name, content.decode(errors="replace"))
    else:
        file = SimpleUploadedFile(filename or name, content, part.get_content_type())
        files.appendlist(name, file)
