"""DMARC (RFC 9989): what receivers are to do with mails that only pretend to be of the domain."""

from __future__ import annotations

from collections.abc import Iterator

from checkdmarc import dmarc, utils

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.resolver import NotingResolver, deaf_resolver

# The tags that the policy does not hang on: of these, receivers ignore one that is no good
# (RFC 9989 §4.8).
_BESIDE = {"rua", "ruf", "fo", "t", "psd"}

_HOW = (
    "Publish a TXT record at _dmarc.{domain}, to begin with: "
    "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
)


def check_dmarc(domain: str, resolver: NotingResolver) -> Answer:
    """Worth nothing where the resolver is in trouble afterwards. A record of a parent domain
    counts, as it does for receivers."""
    utils.DNS_CACHE.clear()
    try:
        found = dmarc.query_dmarc_record(domain, resolver=resolver)
    except dmarc.DMARCError as error:
        return _failed(domain, "", error)
    # Whatever else it asked for, such as records of the domain itself, is not needed.
    resolver.trouble = None
    record, location = found["record"], found["location"]
    try:
        tags, slips = _read(record, location)
    except dmarc.DMARCError as error:
        return _failed(domain, record, error)
    weak = [*_weak_policy("p" if location == domain else "sp", tags), *_shortened(record), *slips]
    if weak:
        problems, remedies = zip(*weak, strict=True)
        return Answer(Verdict.WEAK, record, " ".join(problems), " ".join(remedies))
    return Answer(Verdict.PASSED, record)


def _read(record: str, location: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The values of its tags, and of each of _BESIDE that is no good the problem and the remedy.
    Raises DMARCError where the policy cannot be read."""
    try:
        return _values(record, location), []
    except dmarc.InvalidDMARCTagValue:
        parts = record.split(";")
        policy = ";".join(part for part in parts if _name_of(part) not in _BESIDE)
        tags = _values(policy, location)
    slips = []
    for part in parts:
        name = _name_of(part)
        if name in _BESIDE:
            try:
                _values(f"{policy};{part}", location)
            except dmarc.InvalidDMARCTagValue as error:
                slips.append((f"Receivers ignore {name}: {error}.", f"Correct {name}."))
    return tags, slips


def _values(record: str, location: str) -> dict[str, str]:
    # Where reports go to would be looked up too; what the DNS of strangers answers there, or not,
    # says nothing about this record.
    found = dmarc.parse_dmarc_record(record, location, resolver=deaf_resolver())
    return {name: tag["value"] for name, tag in found["tags"].items()}


def _name_of(part: str) -> str:
    return part.partition("=")[0].strip().lower()


def _weak_policy(tag: str, tags: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each problem with its remedy. `tag` is the one whose policy holds for the domain."""
    if tags[tag] == "none":
        yield (
            f"The policy is {tag}=none: receivers only watch, and let forged mails through. Gmail "
            "and Yahoo ask for no more than this.",
            f"Once the reports show that your own mails pass, say {tag}=quarantine.",
        )
    elif tags["t"] == "y":
        yield (
            "The record is in test mode (t=y): it asks receivers not to apply its policy.",
            "Once the reports show that your own mails pass, take t=y out of the record.",
        )


def _shortened(record: str) -> Iterator[tuple[str, str]]:
    """RFC 9989 has dropped pct, so the library passes it over; many receivers still go by it."""
    for part in record.split(";"):
        value = part.partition("=")[2].strip()
        if _name_of(part) == "pct" and value.isdecimal() and int(value) < 100:
            yield (
                f"By pct={value}, receivers that know this tag (RFC 7489) apply the policy to "
                f"{value} % of the forged mails.",
                f"Take pct={value} out of the record.",
            )


def _failed(domain: str, record: str, error: Exception) -> Answer:
    problem, remedy = str(error), _HOW.format(domain=domain)
    if isinstance(error, dmarc.DMARCRecordNotFound):
        problem = f"{domain} has no DMARC record, and no domain above it has one."
    elif isinstance(error, dmarc.MultipleDMARCRecords):
        problem = "There are several DMARC records, so receivers believe none (RFC 9989 §4.10)."
        remedy = f"Leave one of the TXT records at _dmarc.{domain}."
    elif isinstance(error, dmarc.UnrelatedTXTRecordFoundAtDMARC):
        problem = f"At _dmarc.{domain} stands a TXT record that is no DMARC record."
        remedy = "Take it out, and leave the one that begins with v=DMARC1."
    elif record:
        remedy = "Correct the record."
    return Answer(Verdict.FAILED, record, problem, remedy)
