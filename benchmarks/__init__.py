"""How fast mailsuite is, against a reference that does the same work in the same run.

`make bench` runs all; `docs/performance.md` keeps what came out. A bench is a module of this
package with `measure(variant, *, quick) -> Iterator[Measurement]` and a line in
`catalogue.BENCHES`; what it must reach stands in `bounds.toml`. Each variant runs in a process of
its own, so that its peak of memory is its own, with a migrated, empty database and a Redis
database that are gone afterwards. Django is set up when the module is imported.

A variant yields one measurement, or several that share their data. Opt-out, suppression, ledger
and tracking are on in all of them: no work is left out for the sake of a figure.
"""
