"""How large a file of leads may be, checked before anything is parsed.

A 1 MB archive can unpack to gigabytes, and a 1 KB sheet can claim a cell in the last row and
column there is. What the archive's own directory tells is refused here; what it hides (sizes
that lie, sparse sheets, one long text used a million times) meets the limits on memory and
processor time of the process that reads it: `workbook_process`.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from leads.tables import UnreadableFile

_MEGABYTE = 1024 * 1024
# Small members compress well without being hostile: an empty theme, a list of styles.
_RATIO_COUNTS_FROM = _MEGABYTE


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Upper bounds, all inclusive. 100,000 rows of 10 columns take about 6 MB as .xlsx,
    60 MB unpacked, 110 MB of memory and one second."""

    file_bytes: int = 25 * _MEGABYTE
    rows: int = 200_000
    columns: int = 200
    cell_characters: int = 32_767  # what Excel itself allows
    line_characters: int = 1_000_000  # of a CSV file
    archive_members: int = 1_000
    unpacked_bytes: int = 100 * _MEGABYTE
    compression_ratio: int = 100
    memory_bytes: int = 256 * _MEGABYTE
    processor_seconds: int = 20


def check_file_size(path: Path, limits: FileLimits) -> None:
    """Raise UnreadableFile if the file is empty or too large."""
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("The file is empty. Export it again and upload that file.")
    if size > limits.file_bytes:
        raise UnreadableFile(
            f"The file is {_megabytes(size)}; at most {_megabytes(limits.file_bytes)} is read. "
            "Split it into several files, or remove pictures and sheets that hold no leads."
        )


def check_archive(path: Path, limits: FileLimits) -> None:
    """Raise UnreadableFile unless `path` is an .xlsx archive of acceptable size.

    Reads the archive's directory only, nothing is unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableFile(
            "The workbook is damaged or incomplete. Open it in Excel, save it again as .xlsx "
            "and upload that file."
        ) from error
    _check_members(members, limits)
    _check_kind({member.filename for member in members})
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableFile("The archive has a password. Save the workbook without one.")


def _check_members(members: list[zipfile.ZipInfo], limits: FileLimits) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.archive_members:
        raise UnreadableFile(
            f"The workbook consists of {len(members)} parts; at most {limits.archive_members} "
            "are read. Copy the leads into a new workbook, without pictures, and upload that."
        )
    if unpacked > limits.unpacked_bytes:
        raise UnreadableFile(
            f"The workbook unpacks to {_megabytes(unpacked)}; at most "
            f"{_megabytes(limits.unpacked_bytes)} is read. Split it, or save the sheet as CSV."
        )
    for member in members:
        large = member.file_size > _RATIO_COUNTS_FROM
        if large and member.file_size > limits.compression_ratio * max(member.compress_size, 1):
            raise UnreadableFile(
                "The workbook unpacks to more than "
                f"{limits.compression_ratio} times its size, which real leads never do. "
                "Delete the empty rows and columns around the table, or save the sheet as CSV."
            )


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise UnreadableFile("This is a binary workbook (.xlsb). Save it as .xlsx or CSV.")
    if "content.xml" in names and "mimetype" in names:
        raise UnreadableFile("This is an OpenDocument file (.ods). Save it as .xlsx or CSV.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(
            "This is an archive, but not an Excel workbook. Upload the .xlsx or .csv file itself."
        )


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
