"""A file of leads → headings and rows of text. Pure: no database, no settings.

What the file is, its content tells and not its name: a web page saved as `.xlsx` is no
workbook. Nothing is parsed before `FileLimits` have been checked.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from leads.csv_files import open_csv
from leads.file_limits import FileLimits, check_file_size
from leads.tables import ReadOptions, Table, UnreadableFile
from leads.workbooks import open_workbook

_ZIP = b"PK\x03\x04"
# OLE2 (MS-CFB §2.2): .xls, and also the wrapper of an .xlsx with a password (MS-OFFCRYPTO).
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_HEAD_BYTES = 65_536
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<?xml")
_OTHER_KINDS = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf": "a compressed file (7z)",
    b"Rar!": "a compressed file (RAR)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
DEFAULT_OPTIONS = ReadOptions()
DEFAULT_LIMITS = FileLimits()


def open_table(
    path: Path, options: ReadOptions = DEFAULT_OPTIONS, limits: FileLimits = DEFAULT_LIMITS
) -> AbstractContextManager[Table]:
    """Open an .xlsx or CSV file; the context manager yields the table and cleans up after it.

    Raises UnreadableFile for a file that can't be taken, here, on entering, or while its rows
    are read; its message says how to mend it.
    """
    check_file_size(path, limits)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_ZIP):
        return open_workbook(path, options, limits)
    if head.startswith(_OLE):
        raise UnreadableFile(_ole_problem(path))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise UnreadableFile(
            "This is a web page or XML, not a workbook, whatever its name says: some systems "
            "export that. Open it in Excel, save it as 'Excel workbook (.xlsx)' and upload that."
        )
    for start, kind in _OTHER_KINDS.items():
        if head.startswith(start):
            raise UnreadableFile(f"This is {kind}. Upload the leads as .xlsx or CSV.")
    return open_csv(path, options, limits)


def _ole_problem(path: Path) -> str:
    if _ENCRYPTED_STREAM in path.read_bytes():
        return (
            "The workbook has a password. Open it in Excel, take the password off under "
            "File > Info > Protect Workbook, save it and upload it again."
        )
    return (
        "This is an old Excel workbook (.xls) or another Office document of before 2007. Open it "
        "in Excel, save it as 'Excel workbook (.xlsx)' and upload that file."
    )
