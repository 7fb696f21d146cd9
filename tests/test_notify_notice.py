from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from notify_doubles import NOTICE, QUOTE, notice

from csr_assist.notify import NotifyError


def test_the_customers_words_and_name_stay_out_of_repr() -> None:
    assert QUOTE not in repr(NOTICE)
    assert "Mara" not in repr(NOTICE)
    assert "call/7" in repr(NOTICE)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "a"},
        {"id": "A-b_9" * 12},
        {"link": "http://localhost:8501/review?c=1#t3"},
        {"link": "https://review.example/%D8%A7"},
        {"link": "https://[::1]:8501/"},
        {"customer_name": None, "language": None, "facts": (), "quote": ""},
    ],
)
def test_good_notices(changes: dict[str, Any]) -> None:
    assert notice(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "not ''"),
        ({"id": "a.b"}, "'a.b'"),
        ({"id": "a\nb"}, "id is"),
        ({"id": "a" * 65}, "1 to 64"),
        ({"id": "ü"}, "id is"),
        ({"at": datetime(2026, 3, 2)}, "needs a time zone"),
        ({"link": "review.example"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://a.example/x|y"}, "link"),
        ({"link": "https://a.example/>x"}, "link"),
        ({"link": "https://a.example/ x"}, "link"),
        ({"link": "https://a.example/x\n"}, "link"),
    ],
)
def test_bad_notices(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(NotifyError, match=message) as caught:
        notice(**changes)
    assert QUOTE not in str(caught.value)
