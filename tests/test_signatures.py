"""Signed webhooks. The signatures of Twilio were made by its own library, version 9.13.0, those of Zendesk by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.sources.signatures import verify_twilio, verify_zendesk

URL = "https://assist.example/hooks/twilio"
QUERY = "https://assist.example:8443/hooks/twilio?call=7&x=%20"
FORM = {
    "CallSid": "CA1",
    "Track": "inbound_track",
    "TranscriptionData": '{"transcript": "où est ma commande ?"}',
    "B": "2",
    "a": "1",
}
BARE = "M1DwthppuZZVzfN7DUNFKlp8rJs="
"""Of URL and FORM."""
WITH_PORT = "5XzT9VUSBQgigzRGnAurO9e9SVc="
"""Of the same with ``:443``."""
OF_QUERY = "i7f4h/+L14gUYyfO6gR7Zp1R1YM="
NO_FIELDS = "j6qa8rTCAyJvPUThKkNtHjgnTUA="
BODY = '[{"data": {"MessageBody": "سلام"}}]'.encode()
HASH = "9e76d48c57639545572114a8085f881a01276d559a4cf721c1906a5db75c0198"
OF_BODY = "iKCxdqXXvLQW6WUgZEEfY2GpXag="
SHUFFLED = dict(reversed(FORM.items()))
PORT = URL.replace(".example", ".example:443")


@pytest.mark.parametrize(
    ("url", "form", "signature", "token", "signed"),
    [
        pytest.param(URL, FORM, BARE, "token-1", True, id="a form"),
        pytest.param(URL, SHUFFLED, BARE, "token-1", True, id="fields in another order"),
        pytest.param(PORT, FORM, BARE, "token-1", True, id="the port is not signed"),
        pytest.param(URL, FORM, WITH_PORT, "token-1", True, id="the port is signed"),
        pytest.param(QUERY, FORM, OF_QUERY, "token-1", True, id="query and odd port"),
        pytest.param(URL, {}, NO_FIELDS, "token-1", True, id="no fields"),
        pytest.param(URL, FORM, NO_FIELDS, "token-1", False, id="the signature of no fields"),
        pytest.param(URL, {}, BARE, "token-1", False, id="fields are gone"),
        pytest.param(URL, {**FORM, "Track": "outbound_track"}, BARE, "token-1", False, id="a field changed"),
        pytest.param(URL, {**FORM, "a": "1 "}, BARE, "token-1", False, id="a byte more"),
        pytest.param(URL, {**FORM, "c": ""}, BARE, "token-1", False, id="a field more"),
        pytest.param(URL, {**FORM, "A": "1"}, BARE, "token-1", False, id="a field of another case"),
        pytest.param(URL, {**FORM, "a": "\ud800"}, BARE, "token-1", False, id="half a character"),
        pytest.param(URL + "/", FORM, BARE, "token-1", False, id="another path"),
        pytest.param(URL + "?", FORM, BARE, "token-1", True, id="an empty query is none"),
        pytest.param(URL.replace("https", "http"), FORM, BARE, "token-1", False, id="another scheme"),
        pytest.param(URL.replace("assist", "other"), FORM, BARE, "token-1", False, id="another host"),
        pytest.param(QUERY.replace("8443", "8444"), FORM, OF_QUERY, "token-1", False, id="wrong port"),
        pytest.param(QUERY.replace("%20", "+"), FORM, OF_QUERY, "token-1", False, id="the query written otherwise"),
        pytest.param(QUERY.replace("8443", "99999"), FORM, OF_QUERY, "token-1", False, id="no port"),
        pytest.param("https://[::1/", FORM, BARE, "token-1", False, id="no URL"),
        pytest.param(URL, FORM, "", "token-1", False, id="empty signature"),
        pytest.param(URL, FORM, "ü" + BARE[1:], "token-1", False, id="a signature beyond ASCII"),
        pytest.param(URL, FORM, "m" + BARE[1:], "token-1", False, id="a changed byte of it"),
        pytest.param(URL, FORM, BARE[:-1], "token-1", False, id="a byte less of it"),
        pytest.param(URL, FORM, BARE, "token-2", False, id="another token"),
        pytest.param(URL, {}, "iFbEOfZ+NE8GZKWNQBHZLC7/2No=", "", False, id="no token"),
        pytest.param(f"{URL}?bodySHA256={HASH}", BODY, OF_BODY, "token-1", True, id="JSON"),
        pytest.param(f"{URL}?bodySHA256={HASH}", BODY + b" ", OF_BODY, "token-1", False, id="a changed body"),
        pytest.param(f"{URL}?bodySHA256={HASH[:-1]}9", BODY, OF_BODY, "token-1", False, id="another hash"),
        pytest.param(f"{URL}?bodySHA256=ü", BODY, OF_BODY, "token-1", False, id="a hash beyond ASCII"),
        pytest.param(URL, BODY, NO_FIELDS, "token-1", False, id="a body that nothing vouches for"),
        pytest.param(f"{URL}?bodySHA256={HASH}", {"a": "1"}, OF_BODY, "token-1", False, id="a form for a body"),
    ],
)
def test_what_twilio_signed(url: str, form: dict[str, str] | bytes, signature: str, token: str, signed: bool) -> None:
    assert verify_twilio(url, form, signature, token) is signed


TIME = "2026-01-31T09:30:00Z"
TICKET = '{"id": "ژ"}'.encode()
OF_TICKET = "c40/tm63xdsu1hzROUOxcA8uoFYGfKf0tR81YONenno="


@pytest.mark.parametrize(
    ("body", "time", "signature", "secret", "signed"),
    [
        pytest.param(TICKET, TIME, OF_TICKET, "secret-1", True, id="a ticket"),
        pytest.param(b"", TIME, "EMMH+g3UX8PdraYApi5RBPMFMLkTMuqML8XFAHatSSk=", "secret-1", True, id="no body"),
        pytest.param(b"", TIME, OF_TICKET, "secret-1", False, id="the body is gone"),
        pytest.param(TICKET + b"\n", TIME, OF_TICKET, "secret-1", False, id="a byte more"),
        pytest.param(TICKET, TIME.replace("30", "31"), OF_TICKET, "secret-1", False, id="another time"),
        pytest.param(TICKET, "", OF_TICKET, "secret-1", False, id="no time"),
        pytest.param(TICKET, "\ud800", OF_TICKET, "secret-1", False, id="half a character for a time"),
        pytest.param(TICKET, TIME, "", "secret-1", False, id="empty signature"),
        pytest.param(TICKET, TIME, "C" + OF_TICKET[1:], "secret-1", False, id="a changed byte of it"),
        pytest.param(TICKET, TIME, OF_TICKET + "=", "secret-1", False, id="a byte more of it"),
        pytest.param(TICKET, TIME, "ژ", "secret-1", False, id="a signature beyond ASCII"),
        pytest.param(TICKET, TIME, OF_TICKET, "secret-2", False, id="another secret"),
        pytest.param(b"", "", "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0=", "", False, id="no secret"),
    ],
)
def test_what_zendesk_signed(body: bytes, time: str, signature: str, secret: str, signed: bool) -> None:
    assert verify_zendesk(body, time, signature, secret) is signed


@given(st.text(), st.dictionaries(st.text(), st.text()) | st.binary(), st.text(), st.text(), st.binary())
def test_strangers_raise_nothing(url: str, form: dict[str, str] | bytes, text: str, secret: str, body: bytes) -> None:
    assert not verify_twilio(url, form, text, secret)
    assert not verify_zendesk(body, text, text, secret)
