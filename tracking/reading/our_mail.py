"""Where in an answer our own mail begins, however a mail program quotes it.

Each mail of ours ends in a question about opting out and in a signed link (`campaigns.marking`).
Left in what somebody "wrote", the question would opt out whoever answers it.
"""

from __future__ import annotations

import re

# Lines may be broken anywhere, with a mark of quoting at their begin.
_GAP = r"[\s>|*_]{1,12}"
_QUESTION = re.compile(
    _GAP.join(("wilt", "u", "geen", "e-?mails?", "meer", "van", "ons", "ontvangen")),
    re.IGNORECASE,
)
# Also in a link that a filter at the receiver has wrapped, and so encoded.
OUR_LINK = (
    r"(?:/|%2F)unsubscribe/?(?:\?|%3F)m(?:=|%3D)\d{1,19}(?:&|%26)(?:amp(?:;|%3B))?"
    r"t(?:=|%3D)[\w-]{22}"
)
_LINK = re.compile(OUR_LINK, re.IGNORECASE)


def before_our_mail(text: str) -> str:
    """`text` up to the first sign of our mail; all of it where there is none."""
    ends = [len(text)]
    if question := _QUESTION.search(text):
        ends.append(question.start())
    if link := _LINK.search(text):
        ends.append(_begin_of_passage(text, link.start()))
    return text[: min(ends)]


def _begin_of_passage(text: str, link: int) -> int:
    """A template that places the link itself has words of its own about it around the link.

    In the very first line, those may be the writer's: only the link is ours there.
    """
    paragraph = text.rfind("\n\n", 0, link)
    if paragraph >= 0 and text[:paragraph].strip():
        return paragraph
    address = max(text.rfind(space, 0, link) for space in " \n\t\xa0") + 1
    words = len(text[:address].rstrip())
    return max(text.rfind("\n", 0, words), 0) or address
