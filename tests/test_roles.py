from __future__ import annotations

import pytest

from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.sources import named, parse_text


def told(text: str, name: str, *roles: str) -> list[str]:
    return [
        f"{item.speaker}: {item.text}" if isinstance(item, Turn) else str(item)
        for item in parse_text(text, name, roles=named(roles))
    ]


@pytest.mark.parametrize(
    ("text", "name", "roles", "turns"),
    [
        pytest.param(
            "Maria: hi\nTom: hello", "a.txt", ["Maria=customer", "tom = Agent"],
            ["customer: hi", "agent: hello"], id="a script",
        ),
        pytest.param(
            "Maria: hi\nTom: hello", "a.txt", ["Tom=agent"], ["customer: hi", "agent: hello"],
            id="one known name leaves one other side",
        ),
        pytest.param(
            '{"speaker": "speaker 1", "text": "hi"}', "a.jsonl", ["Speaker-1=customer"], ["customer: hi"], id="JSON"
        ),
        pytest.param("speaker,text\nspk_0,hi", "a.csv", ["spk_0=agent"], ["agent: hi"], id="a table"),
        pytest.param(
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Maria>hi", "a.vtt", ["Maria=customer"], ["customer: hi"],
            id="captions",
        ),
        pytest.param("Agent: hi", "a.txt", ["agent=customer"], ["customer: hi"], id="the user knows better"),
        pytest.param("Customer: hi", "a.txt", ["Tom=agent"], ["customer: hi"], id="a name that is not there"),
        pytest.param("a=b: hi", "a.txt", ["a=b=agent"], ["agent: hi"], id="an equals sign in the name"),
    ],
)  # fmt: skip
def test_the_user_says_who_is_who(text: str, name: str, roles: list[str], turns: list[str]) -> None:
    assert told(text, name, *roles) == turns


@pytest.mark.parametrize("pair", ["Maria", "=agent", "Maria=boss", "", "Maria:agent", "-- =agent"])
def test_a_pair_that_says_nothing_is_named(pair: str) -> None:
    with pytest.raises(InputError, match="is not NAME=ROLE, where ROLE is customer, agent, system"):
        named([pair])


def test_nobody_is_named_by_default() -> None:
    assert named([]) == {}
    assert list(named(["A b=system"]).values()) == [Speaker.SYSTEM]
