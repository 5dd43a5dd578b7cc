"""`python -m tests.faults`: faults in the real stack, a table of what was broken, exit status 1 if
anything was. Run by `make faults`."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import django
from rich.console import Console

from mailsuite.lib.arguments import count, new_file
from mailsuite.lib.embedded.places import CHECKOUT
from tests.faults.place import Place, fault_place
from tests.faults.report import as_json, show, write_into

_DOCUMENT = CHECKOUT / "docs" / "reliability.md"


def main() -> int:
    arguments = read_arguments(sys.argv[1:])
    if arguments.write_docs is not None:
        write_into(_DOCUMENT, json.loads(arguments.write_docs.read_text()))
        return 0
    if arguments.list:
        return list_faults()
    with fault_place() as place:
        django.setup()
        from mailsuite.stack import signals_interrupt

        with signals_interrupt():
            return run(place, arguments)


def read_arguments(given: list[str]) -> Namespace:
    parser = ArgumentParser(prog="make faults", description=__doc__)
    add = parser.add_argument
    add(
        "--rounds",
        type=count,
        metavar="N",
        help="at most N of each fault (default: the plan)",
    )
    add("--json", type=new_file, metavar="FILE", help="write the figures there")
    add("--only", nargs="+", metavar="NAME", default=[], help="faults whose name begins so")
    add("--list", action="store_true", help="say which faults there are, and end")
    add("--write-docs", type=Path, metavar="FILE", help="that table into docs, out of a --json")
    return parser.parse_args(given)


def list_faults() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailsuite.settings")
    django.setup()
    from tests.faults.plan import describe

    describe(Console())
    return 0


def run(place: Place, arguments: Namespace) -> int:
    from django.core.management import call_command

    from mailsuite.lib import clock
    from tests.faults.lab import START, Lab
    from tests.faults.plan import chosen
    from tests.faults.processes import quicken_schedule
    from tests.faults.verdict import try_fault

    console = Console(width=None if sys.stdout.isatty() else 120)
    faults = chosen(arguments.only)
    clock.write(place.clock_file, START)
    call_command("migrate", verbosity=0)
    quicken_schedule()
    lab, verdicts = Lab(place), []
    try:
        for fault in faults:
            rounds = min(fault.rounds, arguments.rounds or fault.rounds)
            console.print(f"{fault.name}: {fault.does}, {rounds} rounds")
            verdicts.append(try_fault(lab, fault, rounds))
    except KeyboardInterrupt:
        console.print("Interrupted; this is what was done.")
    finally:
        lab.processes.stop()
    show(console, verdicts)
    if lab.processes.revived:
        console.print(f"Ended by themselves and started again: {lab.processes.revived}")
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(verdicts, arguments.rounds), indent=2) + "\n")
    is_complete = len(verdicts) == len(faults)
    return 0 if is_complete and all(one.passed for one in verdicts) else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
