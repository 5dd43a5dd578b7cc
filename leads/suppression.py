"""The one gate for addresses: who may not be mailed, and how that is changed.

Whoever adds to the suppression list and whoever sends a mail takes the same lock on the
address, so a mail is either gone before the opt-out is confirmed or never leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from leads.models import Lead, Suppression
from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict
from mailsuite.lib.statements import Row, Statement, run_together

# Namespace of these advisory locks: first argument of pg_advisory_xact_lock(int, int).
_LOCK_SPACE = 0x6D61696C
# Taken exclusively by bulk writers instead of a lock an address: PostgreSQL's lock table is
# bounded (max_locks_per_transaction), a list of opted-out addresses is not.
_WHOLE_LIST = "*"
_BULK = 1000


def hold_addresses(addresses: Sequence[str]) -> None:
    """Keep normalised addresses from being suppressed until the transaction ends.

    Shared: any number of senders hold at once, only a writer of the list waits. Call it
    before reading the list, or the answer may be stale when it arrives.
    """
    run_together(holding(addresses))


def holding(addresses: Sequence[str]) -> Statement:
    """hold_addresses() as a statement, for whoever has more to say to the database."""
    domains = {address.rpartition("@")[2] for address in addresses}
    values = {_WHOLE_LIST, *addresses, *domains}
    return _locking("share_addresses", "pg_advisory_xact_lock_shared", values)


def hold_for_writing(values: Sequence[str]) -> None:
    """Keep every sender and writer away from these addresses or domains until the transaction
    ends. suppress() does it by itself; for whoever must lock other rows before that."""
    locked = [_WHOLE_LIST] if len(values) > _BULK else values
    run_together(_locking("take_addresses", "pg_advisory_xact_lock", locked))


def _locking(name: str, function: str, values: Iterable[str]) -> Statement:
    """In one sorted order, so that two callers never wait in a circle."""
    return Statement(
        name,
        f"SELECT {function}(%s, key) FROM unnest(%s::int[]) AS key",  # noqa: S608
        [_LOCK_SPACE, sorted(map(_lock_key, values))],
    )


def is_suppressed(address: str) -> bool:
    return bool(suppressed_among([address]))


def suppressed_among(addresses: Sequence[str]) -> set[str]:
    """Those of the normalised `addresses` that are on the list, themselves or by domain."""
    (entries,) = run_together(entries_covering(addresses))
    return covered(addresses, entries)


def entries_covering(addresses: Sequence[str]) -> Statement:
    """Reads scope and value of the entries that stop mail to any of these (see covered)."""
    domains = {address.rpartition("@")[2] for address in addresses}
    return Statement(
        "read_suppressions",
        f"SELECT scope, value FROM {Suppression._meta.db_table} "  # noqa: S608
        "WHERE (scope = 'address' AND value = ANY(%s)) OR (scope = 'domain' AND value = ANY(%s))",
        [[*addresses, *map(Suppression.erased_value, addresses)], list(domains)],
    )


def covered(addresses: Sequence[str], rows: Sequence[Row]) -> set[str]:
    """Those of `addresses` that the `rows` of entries_covering() stop mail to."""
    entries = set(rows)
    if not entries:
        return set()
    return {
        address
        for address in addresses
        if (Suppression.Scope.ADDRESS, address) in entries
        or (Suppression.Scope.DOMAIN, address.rpartition("@")[2]) in entries
        or (Suppression.Scope.ADDRESS, Suppression.erased_value(address)) in entries
    }


def suppress(
    values: Iterable[str],
    *,
    reason: Suppression.Reason,
    scope: Suppression.Scope = Suppression.Scope.ADDRESS,
    note: str = "",
) -> int:
    """Put normalised addresses (or whole domains) on the list; answer how many are new.

    Leads that it covers take the matching status at once. The first reason is kept: an
    address that complained does not become one that was merely entered by hand. Only what was
    entered by hand takes on a later reason, for entries by hand can be taken off the list again.
    """
    return suppress_together({scope: values}, reason=reason, note=note)


@transaction.atomic
def suppress_together(
    values: Mapping[Suppression.Scope, Iterable[str]],
    *,
    reason: Suppression.Reason,
    note: str = "",
) -> int:
    """The same for addresses and domains at once.

    All of them are locked before the first is written: who locked an address and then, in a
    second round, its domain would wait in a circle with a sender that takes both in one. Their
    leads are marked together for the same reason.
    """
    wanted = {scope: sorted(set(of_scope)) for scope, of_scope in values.items()}
    hold_for_writing([value for of_scope in wanted.values() for value in of_scope])
    added = sum(_enter(of_scope, scope, reason, note) for scope, of_scope in wanted.items())
    _mark_leads(wanted, reason)
    return added


def _enter(
    wanted: Sequence[str], scope: Suppression.Scope, reason: Suppression.Reason, note: str
) -> int:
    """How many of the locked `wanted` were not on the list."""
    stored = (
        [Suppression.erased_value(value) for value in wanted]
        if reason == Suppression.Reason.ERASED
        else wanted
    )
    known = set(
        Suppression.objects.filter(scope=scope, value__in=stored).values_list("value", flat=True)
    )
    Suppression.objects.bulk_create(
        [
            Suppression(scope=scope, value=value, reason=reason, note=note)
            for value in stored
            if value not in known
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )
    if reason != Suppression.Reason.MANUAL:
        Suppression.objects.filter(
            scope=scope, value__in=known, reason=Suppression.Reason.MANUAL
        ).update(reason=reason, note=note, created_at=clock.now())
    return len(set(stored) - known)


@transaction.atomic
def unsuppress(entry: Suppression) -> int:
    """Take an entry made by hand off the list; answer how many leads are active again by that.

    That is every entry of a whole domain, and an address with the reason `manual`. Raises
    Conflict for the others: a person's opt-out, complaint, bounce and erasure stay.
    """
    hold_for_writing([entry.value])
    entry.refresh_from_db()
    if entry.is_address and entry.reason != Suppression.Reason.MANUAL:
        raise Conflict(
            f"{entry.value} is on the list as {entry.reason}, which stays. Only entries made by "
            "hand can be taken away.",
            fields={"reason": f"is {entry.reason}, not manual"},
        )
    column = "email" if entry.is_address else "email_domain"
    entry.delete()
    leads = Lead.objects.filter(**{column: entry.value}, status=Lead.Status.SUPPRESSED)
    return leads.not_suppressed().change(status=Lead.Status.ACTIVE)


def _mark_leads(
    values: Mapping[Suppression.Scope, Sequence[str]], reason: Suppression.Reason
) -> None:
    status = Lead.Status.BOUNCED if reason == Suppression.Reason.BOUNCED else Lead.Status.SUPPRESSED
    columns = {Suppression.Scope.ADDRESS: "email", Suppression.Scope.DOMAIN: "email_domain"}
    covered = [Q(**{f"{columns[scope]}__in": found}) for scope, found in values.items() if found]
    if not covered:
        return
    leads = Lead.objects.filter(reduce(or_, covered), status=Lead.Status.ACTIVE)
    leads.change(status=status)


def _lock_key(value: str) -> int:
    digest = hashlib.blake2b(value.encode(), digest_size=4).digest()
    return int.from_bytes(digest, signed=True)
