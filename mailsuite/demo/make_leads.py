"""Makes leads.xlsx, the file that the demo imports: `python -m mailsuite.demo.make_leads`.

2,100 rows as a marketer's file has them: most are fine, some are written carelessly, and some
can't be taken. The same rows on every run. Names and addresses are made up; all addresses end
in `.example`, which no mail server will ever own (RFC 2606 §2).
"""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from mailsuite.demo import sample_words as words

LEADS_FILE = Path(__file__).with_name("leads.xlsx")
ROWS = 2100
HEADINGS = (
    "Bedrijfsnaam", "Soort", "Voornaam", "Achternaam", "Functie", "E-mailadres", "Telefoon",
    "Website", "Plaats", "Provincie", "Land", "Aantal kamers", "Bron", "Score",
)  # fmt: skip
_SEED = 20_260_323
_WIDTHS = (34, 12, 14, 18, 18, 42, 16, 40, 20, 16, 12, 14, 20, 8)

Row = dict[str, str | int]


def make_rows() -> list[Row]:
    """The rows of the file, in order, keyed by HEADINGS."""
    chance = random.Random(_SEED)  # noqa: S311 sample data
    rows: list[Row] = []
    hosts: set[str] = set()
    while len(rows) < ROWS:
        if len(rows) > 30 and chance.random() < 0.02:
            rows.append(_again(chance, chance.choice(rows)))
            continue
        row = _lead(chance, hosts)
        _write_carelessly(chance, row)
        if len(rows) > 8:  # the first ones are for people who open the file
            _spoil(chance, row)
        rows.append(row)
    return rows


def _lead(chance: random.Random, hosts: set[str]) -> Row:
    """A lead as it should be; its web domain is not among `hosts` yet."""
    kind = chance.choices(list(words.KINDS), weights=(50, 20, 20, 10))[0]
    company = chance.choice(words.KINDS[kind]).format(chance.choice(words.NAMES))
    place, province = chance.choice(words.PLACES)
    host = f"{_slug(company)}.example"
    if host in hosts:
        company = f"{company} {place}"
        host = f"{_slug(company)}.example"
    while host in hosts:
        host = f"{_slug(company)}-{len(hosts)}.example"
    hosts.add(host)
    first, last = chance.choice(words.FIRST_NAMES), chance.choice(words.LAST_NAMES)
    person = f"{_slug(first)}.{_slug(last)}"
    local = chance.choice(("info", "info", "receptie", _slug(first), person))
    return {
        "Bedrijfsnaam": company,
        "Soort": kind,
        "Voornaam": first,
        "Achternaam": last,
        "Functie": chance.choice(words.POSITIONS),
        "E-mailadres": f"{local}@{host}",
        "Telefoon": f"0{chance.randint(10, 79)}-{chance.randint(1_000_000, 9_999_999)}",
        "Website": f"https://www.{host}",
        "Plaats": place,
        "Provincie": province,
        "Land": "Nederland",
        "Aantal kamers": chance.randint(4, 180) if kind in ("Hotel", "B&B") else "",
        "Bron": chance.choice(words.SOURCES),
        "Score": chance.randint(0, 100),
    }


def _write_carelessly(chance: random.Random, row: Row) -> None:
    """What an importer has to put right by itself."""
    address, website, fate = str(row["E-mailadres"]), str(row["Website"]), chance.random()
    if fate < 0.10:
        row["E-mailadres"] = address.title()
    elif fate < 0.13:
        row["E-mailadres"] = address.upper()
    elif fate < 0.17:
        row["E-mailadres"] = f" {address}  "
    elif fate < 0.18:
        row["E-mailadres"] = f"{row['Voornaam']} {row['Achternaam']} <{address}>"
    elif fate < 0.19:
        row["E-mailadres"] = f"mailto:{address}"
    if chance.random() < 0.2:
        row["Website"] = website.removeprefix("https://")
    if chance.random() < 0.05:
        row["Bedrijfsnaam"] = f"  {row['Bedrijfsnaam']} "


def _spoil(chance: random.Random, row: Row) -> None:
    """What a person has to put right: the address, or a field that is missing."""
    address, fate = str(row["E-mailadres"]).strip(), chance.random()
    host = address.rpartition("@")[2].rstrip(">")
    if fate < 0.015:
        row["E-mailadres"] = chance.choice(
            ("", "onbekend", address.replace("@", "(at)"), f"info@@{host}", f"@{host}",
             "info@", f"info@{host}; receptie@{host}", f"jan..smit@{host}", "n.v.t.")
        )  # fmt: skip
    elif fate < 0.040:
        row["Voornaam"] = ""
    elif fate < 0.055:
        row["Bedrijfsnaam"] = ""
    elif fate < 0.070:
        row["Plaats"] = row["Provincie"] = ""
    elif fate < 0.085:
        row["Website"] = ""
    elif fate < 0.095:
        row["Website"] = "geen"
    elif fate < 0.120:
        row["Functie"] = row["Telefoon"] = ""


def _again(chance: random.Random, row: Row) -> Row:
    """The same person once more, from another list and in another spelling."""
    address = str(row["E-mailadres"])
    spelling = chance.choice((str.lower, str.upper, str.title))
    return {**row, "E-mailadres": spelling(address), "Bron": "Mailchimp-export"}


def _slug(text: str) -> str:
    plain = text.replace("ß", "ss").replace("ø", "o").replace("ı", "i").replace("&", "en")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    letters = "".join(letter if letter.isalnum() else " " for letter in plain.replace("'", ""))
    return "-".join(letters.split())


def write(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None  # noqa: S101  a new workbook has one sheet
    sheet.title = "Leads"
    sheet.append(HEADINGS)
    for number, width in enumerate(_WIDTHS, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    for row in make_rows():
        sheet.append([None if row[name] == "" else row[name] for name in HEADINGS])
    workbook.save(path)


if __name__ == "__main__":
    write(LEADS_FILE)
