"""SPF (RFC 7208): who may send mail in the name of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any

from checkdmarc import spf, utils

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.resolver import NotingResolver

_INTERNET = {4: IPv4Network("0.0.0.0/0"), 6: IPv6Network("::/0")}

_HOW = (
    "Publish exactly one TXT record at {domain} that names your mail provider, such as: "
    "v=spf1 include:spf.provider.example -all"
)


def check_spf(domain: str, resolver: NotingResolver) -> Answer:
    """Worth nothing where the resolver is in trouble afterwards."""
    utils.DNS_CACHE.clear()  # it keeps answers for half an hour, also when a person has mended it
    record = ""
    try:
        record = spf.query_spf_record(domain, resolver=resolver)["record"]
        found = spf.parse_spf_record(record, domain, resolver=resolver)
    except spf.SPFError as error:
        return _failed(domain, record, error)
    return _of_policy(domain, record, found["parsed"])


def _of_policy(domain: str, record: str, parsed: dict[str, Any]) -> Answer:
    """By what the record says of servers that nobody has named."""
    for term, remedy in _open_doors(parsed):
        return Answer(
            Verdict.FAILED,
            record,
            f"The record lets the whole world send in the name of {domain} ({term}).",
            remedy,
        )
    if parsed["all"] == "neutral":
        return Answer(
            Verdict.WEAK,
            record,
            "The record says nothing of servers that it does not name, so it protects from nobody.",
            "End it with ~all, and with -all once your own mails pass.",
        )
    return Answer(Verdict.PASSED, record)


def _open_doors(parsed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The terms by which any server passes, each with its remedy."""
    if parsed["all"] == "pass":
        yield "+all", "End it with -all in place of +all."
    passing = [term for term in parsed["mechanisms"] if term["action"] == "pass"]
    for version, whole in _INTERNET.items():
        if whole in collapse_addresses(_networks(passing, version)):
            yield f"{whole}", "Name the networks that your mails leave from, and no others."
    for term in passing:
        # None, where the name is made of the mail that is checked (a macro).
        if term["mechanism"] == "include" and term["parsed"]:
            name = term["value"]
            for within, _ in _open_doors(term["parsed"]):
                yield f"{within} behind include:{name}", f"Take include:{name} out."
    redirect = parsed["redirect"]
    if redirect and redirect["parsed"]:
        yield from _open_doors(redirect["parsed"])


def _networks(terms: list[dict[str, Any]], version: int) -> Iterator[Any]:
    for term in terms:
        named = (
            [term["value"]] if term["mechanism"] in ("ip4", "ip6") else term.get("addresses", ())
        )
        networks = (ip_network(address, strict=False) for address in named)
        yield from (network for network in networks if network.version == version)


def _failed(domain: str, record: str, error: Exception) -> Answer:
    problem, remedy = str(error.args[0]), _HOW.format(domain=domain)
    if isinstance(error, spf.SPFRecordNotFound) and not record:
        problem = f"{domain} has no SPF record."
    elif isinstance(error, spf.SPFRecordNotFound):
        remedy = "Take out the include that leads nowhere, or correct its name."
    elif isinstance(error, spf.MultipleSPFRTXTRecords):
        problem = f"{domain} has several SPF records, so receivers believe none (RFC 7208 §4.5)."
        remedy = "Join them into one, v=spf1 with all their includes and a single all at its end."
    elif isinstance(error, spf.SPFTooManyDNSLookups):
        problem = (
            "The record asks for more than 10 DNS lookups, and receivers give up after 10 "
            "(RFC 7208 §4.6.4)."
        )
        remedy = "Take out includes of providers that you no longer send with."
    elif isinstance(error, spf.SPFTooManyVoidDNSLookups):
        remedy = "Take out the names that lead nowhere."
    elif isinstance(error, spf.SPFIncludeLoop | spf.SPFRedirectLoop):
        remedy = "Take out the include or redirect that leads back to where it came from."
    elif isinstance(error, spf.SPFSyntaxError):
        remedy = "Correct the record."
    return Answer(Verdict.FAILED, record, problem, remedy)
