import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.protocol.digest import (
    Challenge,
    authorization,
    parse_challenge,
)
from tests.fuzzing import fuzzed


def response(header: str) -> str:
    return header.partition('response="')[2].partition('"')[0]


def test_the_example_of_rfc_2069_as_its_erratum_corrects_it() -> None:
    challenge = Challenge(
        realm="testrealm@host.com",
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
        opaque="5ccc069c403ebaf9f0171e9517f40e41",
    )
    header = authorization(
        challenge, "Mufasa", "CircleOfLife", "GET", "/dir/index.html"
    )
    assert response(header) == "1949323746fe6a43ef61f9606e7febea"


def test_what_was_not_asked_for_is_not_named() -> None:
    """The firmware rejects an answer that names an algorithm it did not."""
    challenge = Challenge("Printer API", "0123456789abcdef")
    header = authorization(challenge, "maker", "password", "GET", "/api/version")
    assert "qop" not in header
    assert "algorithm" not in header
    assert "cnonce" not in header
    assert header.startswith('Digest username="maker", realm="Printer API"')


def test_the_example_of_rfc_2617() -> None:
    challenge = Challenge(
        realm="testrealm@host.com",
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
        opaque="5ccc069c403ebaf9f0171e9517f40e41",
        qop="auth",
    )
    header = authorization(
        challenge,
        "Mufasa",
        "Circle Of Life",
        "GET",
        "/dir/index.html",
        cnonce="0a4f113b",
        count=1,
    )
    assert response(header) == "6629fae49393a05397450978507c4ef1"
    assert "nc=00000001" in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        (
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, expected: str) -> None:
    challenge = Challenge(
        realm="http-auth@example.org",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
        qop="auth",
        algorithm=algorithm,
    )
    header = authorization(
        challenge,
        "Mufasa",
        "Circle of Life",
        "GET",
        "/dir/index.html",
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        count=1,
    )
    assert response(header) == expected
    assert f"algorithm={algorithm}" in header


def test_a_session_mixes_both_nonces_into_the_secret() -> None:
    plain = Challenge("r", "n", qop="auth", algorithm="MD5")
    session = Challenge("r", "n", qop="auth", algorithm="MD5-sess")
    said = ("user", "password", "GET", "/")
    assert response(authorization(plain, *said, cnonce="c")) != response(
        authorization(session, *said, cnonce="c")
    )


def test_the_challenge_of_the_firmware() -> None:
    found = parse_challenge('Digest realm="Printer API", nonce="00c0ffee", stale=false')
    assert found == Challenge("Printer API", "00c0ffee")


def test_the_challenge_of_the_pi() -> None:
    found = parse_challenge(
        'Digest realm="Administrator", nonce="abc=", opaque="o", algorithm=MD5, '
        'qop="auth,auth-int", stale="true"'
    )
    assert found == Challenge(
        "Administrator", "abc=", "o", "auth", "MD5", is_stale=True
    )


def test_one_challenge_among_several() -> None:
    found = parse_challenge('ApiKey realm="a", Digest realm="b", nonce="n"')
    assert found == Challenge("b", "n")


def test_quotes_in_a_name_do_not_end_it() -> None:
    found = parse_challenge(r'Digest realm="the \"big\" one", nonce="n"')
    assert found is not None
    assert found.realm == 'the "big" one'
    assert r'realm="the \"big\" one"' in authorization(found, "u", "p", "GET", "/")


@pytest.mark.parametrize(
    "header",
    [
        "",
        'ApiKey realm="Printer API"',
        'Basic realm="x"',
        'Digest nonce="n"',
        'Digest realm="r"',
        'Digest realm="r", nonce=""',
        'Digest realm="r", nonce="n", algorithm=SHA-512',
        'Digest realm="r", nonce="n", qop="auth-int"',
    ],
)
def test_what_cannot_be_answered_is_no_challenge(header: str) -> None:
    assert parse_challenge(header) is None


@fuzzed(200)
@given(st.text())
def test_any_header_is_a_challenge_or_none(header: str) -> None:
    parse_challenge(f"Digest {header}")
    parse_challenge(header)


@fuzzed(200)
@given(st.text(), st.text(), st.sampled_from(["auth", ""]))
def test_what_is_parsed_can_be_answered(realm: str, nonce: str, qop: str) -> None:
    found = parse_challenge(f'Digest realm="{realm}", nonce="{nonce}", qop="{qop}"')
    if found is not None:
        assert authorization(found, "u", "p", "GET", "/", cnonce="c").startswith(
            "Digest "
        )
