"""Files of leads as a marketer has them: ten columns, of which one is known to templates only."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

HEADINGS = (
    "E-mailadres", "Voornaam", "Achternaam", "Functie", "Bedrijfsnaam", "Website", "Plaats", "Land",
    "Aantal kamers", "Score",
)  # fmt: skip
_FIRST = ("Anna", "Bram", "Chloë", "Daan", "Eva", "Finn", "Güneş", "Hugo", "Iris", "Jan")
_LAST = ("de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "Mulder")
_KINDS = ("Hotel", "Bakkerij", "Garage", "Camping", "Restaurant", "Kapsalon", "Bouwbedrijf")
_PLACES = ("Amsterdam", "Zwolle", "'s-Hertogenbosch", "Groningen", "Middelburg", "Venlo")


def rows(count: int, *, revision: int = 0) -> Iterator[tuple[str, ...]]:
    """`count` leads in the order of HEADINGS, the same on every call. Another `revision` has the
    same addresses and another function, number of rooms and score in every row."""
    for number in range(count):
        first, last = _FIRST[number % 10], _LAST[number // 10 % 8]
        kind, place = _KINDS[number // 80 % 7], _PLACES[number // 560 % 6]
        host = f"{kind.lower()}-{number % 977}-{number // 977}.nl"
        yield (
            f"{last.replace(' ', '.').lower()}.{number}@{host}",
            first,
            last,
            "Eigenaar" if (number + revision) % 3 else "Marketingmanager",
            f"{kind} {last} {number % 977}",
            f"https://www.{host}/over-ons",
            place,
            "Nederland",
            str(3 + (number * 7 + revision) % 240),
            str((number + revision) % 100),
        )


def write_csv(path: Path, count: int, *, revision: int = 0) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(rows(count, revision=revision))


def write_workbook(path: Path, count: int, *, revision: int = 0) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Leads")
    sheet.append(HEADINGS)
    for *texts, rooms, score in rows(count, revision=revision):
        sheet.append([*texts, int(rooms), int(score)])
    workbook.save(path)
