"""Types for the arguments of command lines: what argparse calls, with errors for people."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path


def count(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise ArgumentTypeError("needs a number of at least 1.")
    return int(given)


def new_file(given: str) -> Path:
    """Of a file that can be written: its folder is there."""
    path = Path(given)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ArgumentTypeError(f"{path} can't be written.")
    return path
