"""JSON bodies, with what PostgreSQL can't store or a parser can't survive refused at the door."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json as strict_json

from mailsuite.lib.storable import unstorable

# Only an escape can put one of these into valid JSON: a raw NUL is no JSON, and a raw surrogate
# is no UTF-8.
_SUSPECT_ESCAPE = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


class StorableJSONParser(JSONParser):
    """Takes any JSON but text that no database column holds: NUL and lone surrogates.

    Raises ValidationError (400) naming the fields of these, and ParseError (400) for bodies larger
    than `DATA_UPLOAD_MAX_MEMORY_SIZE` and for nesting deeper than the interpreter's stack.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise ParseError(f"The body is larger than {limit} bytes. Send less at once.")
        try:
            data = json.loads(raw, parse_constant=strict_json.strict_constant)
            if _SUSPECT_ESCAPE.search(raw):
                wrong = {place or "body": [problem] for place, problem in unstorable(data)}
                if wrong:
                    raise ValidationError(wrong)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from None
        return data
