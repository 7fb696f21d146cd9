from __future__ import annotations

import pytest

from csr_assist.loopback import is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.0.2.1", "localhost.example.com", "127.0.0.1.example.com", "127.1", "testclient"]
)
def test_other_machines_are_not_this_one(host: str) -> None:
    assert not is_loopback(host)
