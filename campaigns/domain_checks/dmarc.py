"""DMARC (RFC 9989): what receivers are to do with mails that only pretend to be of the domain."""

from __future__ import annotations

from checkdmarc import dmarc, utils

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.resolver import NotingResolver, deaf_resolver

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
        # Where reports go to would be looked up too; what the DNS of strangers answers there, or
        # not, says nothing about this record.
        tags = dmarc.parse_dmarc_record(record, location, resolver=deaf_resolver())["tags"]
    except dmarc.DMARCError as error:
        return _failed(domain, record, error)
    tag = "p" if location == domain else "sp"
    policy = tags.get(tag, tags["p"])["value"]
    if policy == "none":
        return Answer(
            Verdict.WEAK,
            record,
            f"The policy is {tag}=none: receivers only watch, and let forged mails through. Gmail "
            "and Yahoo ask for no more than this.",
            f"Once the reports show that your own mails pass, say {tag}=quarantine.",
        )
    return Answer(Verdict.PASSED, record)


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
