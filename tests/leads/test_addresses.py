from __future__ import annotations

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from leads.addresses import _SPECIAL_TOPS, _UNREMARKABLE, InvalidAddress, normalised_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Info@HotelZon.NL", "info@hotelzon.nl"),
        ("  info@zon.nl\xa0", "info@zon.nl"),
        ("info@zon.nl;", "info@zon.nl"),
        ("info@zon.nl.", "info@zon.nl"),
        ("mailto:info@zon.nl?subject=Hoi", "info@zon.nl"),
        ("Jan van der Berg <Jan@Zon.nl>", "jan@zon.nl"),
        ('"Berg, Jan" <jan@zon.nl>,', "jan@zon.nl"),
        ("<info@zon.nl>", "info@zon.nl"),
        ("(info@zon.nl)", "info@zon.nl"),
        ("'info@zon.nl'", "info@zon.nl"),
        ("“info@zon.nl”", "info@zon.nl"),
        ("\ufeffinfo@zon\u200b.nl", "info@zon.nl"),
        ("info@Bücher.de", "info@xn--bcher-kva.de"),
        ("info@xn--bcher-kva.de", "info@xn--bcher-kva.de"),
        ("o'neil@zon.nl", "o'neil@zon.nl"),
        ("jan+mailings@mail.zon-en-zee.co.uk", "jan+mailings@mail.zon-en-zee.co.uk"),
        ("info@zon.example", "info@zon.example"),
    ],
)
def test_an_address_is_stored_in_one_form(text: str, address: str) -> None:
    assert normalised_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no e-mail address"),
        (" \xa0", "no e-mail address"),
        ("zon.nl", "must have an @-sign"),
        ("info@zon", "should have a period"),
        ("info@zon.local", "special-use"),
        ("info@localhost", "not valid"),
        ("jan..berg@zon.nl", "two periods"),
        ("jan berg@zon.nl", "SPACE"),
        ("info@-zon.nl", "hyphen"),
        ("jürgen@zon.nl", "before the @"),
        ("a@zon.nl, b@zee.nl", "more than one @"),
        ("<a@zon.nl><b@zee.nl>", "more than one @"),
        ("a@zon.nl\nBcc: b@zee.nl", "line break"),
        ("a@zon.nl\x00", "control character"),
        ("x" * 65 + "@zon.nl", "too long before the @-sign"),
        ("a@" + "z" * 64 + ".nl", "1 character too many"),
        ("é@" * 16_000, "holds 32,000 characters"),
        ("a@[127.0.0.1]", "not an e-mail address"),
    ],
)
def test_what_is_no_single_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress, match=reason):
        normalised_address(text)


_PARTS = st.text("abz09_+-", min_size=1, max_size=64)
_LABELS = st.text("abxn09-", min_size=1, max_size=64)
_TOPS = st.text("abcz", min_size=1, max_size=8) | st.sampled_from([*SPECIAL_USE_DOMAIN_NAMES, "nl"])
_LOOKALIKES = st.builds(
    lambda local, domain, top: f"{'.'.join(local)}@{'.'.join([*domain, top])}",
    st.lists(_PARTS, min_size=1, max_size=3),
    st.lists(_LABELS, min_size=1, max_size=6),
    _TOPS,
)


@given(_LOOKALIKES)
@example("a@b.nl")
@example("-@0.aa")
@example("a" * 64 + "@" + ("b" * 61 + ".") * 3 + "nl")
@example("a" * 64 + "@" + ("b" * 61 + ".") * 2 + "b" * 60 + ".nl")
def test_the_fast_way_accepts_only_what_the_library_accepts(address: str) -> None:
    match = _UNREMARKABLE.fullmatch(address)
    if match and match["top"] not in _SPECIAL_TOPS:
        valid = validate_email(address, check_deliverability=False, strict=True)
        assert valid.ascii_email == address


@given(st.emails() | st.text(max_size=40) | st.text("a.@-<>;,'\" \n1éß", max_size=20))
def test_an_answer_is_one_address_that_stays_what_it_is(text: str) -> None:
    try:
        address = normalised_address(text)
    except InvalidAddress:
        return
    assert address.count("@") == 1
    assert address.isascii()
    assert address == address.lower()
    assert not set(address) & set(' \r\n\t<>,;"()')
    assert normalised_address(address) == address


@given(st.emails())
def test_an_address_that_the_library_takes_as_it_is_comes_through(text: str) -> None:
    try:
        expected = validate_email(text, check_deliverability=False, strict=True).ascii_email
    except EmailNotValidError:
        return
    if expected and text[0] not in "'`":
        assert normalised_address(text) == expected.lower()
