from __future__ import annotations

import pytest

from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.sources import named, parse_text

WHO = "expected customer, agent, system"


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


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        pytest.param(
            "call_id,speaker,text\n1,Agent,a\n1,Maria,b\n2,Agent,c\n2,Tom,d",
            ["agent: a", "customer: b", "agent: c", "customer: d"],
            id="each conversation has its own",
        ),
        pytest.param(
            "call_id,speaker,text\n1,Agent,a\n2,Maria,b", ["agent: a", "customer: b"], id="the file tells of one side"
        ),
        pytest.param(
            "call_id,speaker,text\n1,Agent,a\n1,Rosa,b\n2,Customer,c\n2,Rosa,d",
            ["agent: a", "customer: b", "customer: c", "agent: d"],
            id="one name on both sides",
        ),
        pytest.param(
            "call_id,speaker,text\n1,Agent,a\n1,Maria,b\n1,Tom,c\n2,Agent,d\n2,Tom,e",
            [
                "agent: a",
                "a.csv:3: speaker is 'Maria'; WHO",
                "a.csv:4: speaker is 'Tom'; WHO",
                "agent: d",
                "customer: e",
            ],
            id="two unknown names say nothing",
        ),
        pytest.param(
            "speaker,text\nAgent,a\nMaria,b\nTom,c",
            ["agent: a", "a.csv:3: speaker is 'Maria'; WHO", "a.csv:4: speaker is 'Tom'; WHO"],
            id="nor do they in one conversation",
        ),
        pytest.param(
            "call_id,speaker,role,text\n1,John,agent,a\n1,Maria,customer,b", ["agent: a", "customer: b"], id="a role"
        ),
        pytest.param("from,role,text\nx@y.example,agent,a\nz,user,b", ["agent: a", "customer: b"], id="not the first"),
        pytest.param("speaker,role,text\nagent,Tom,a\nuser,Maria,b", ["agent: a", "customer: b"], id="the first"),
        pytest.param("role,speaker,text\nuser,agent,a", ["agent: a"], id="both, so the first synonym"),
        pytest.param("role,speaker,text\n,Agent,a\n,Maria,b", ["agent: a", "customer: b"], id="an empty one"),
        pytest.param(
            "id,speaker,role,text\n1,John,agent,a\n1,Maria,customer,b",
            ["agent: a", "customer: b"],
            id="ids that repeat",
        ),
    ],
)
def test_who_is_who_in_a_table(text: str, turns: list[str]) -> None:
    assert [line.replace("WHO", WHO) for line in turns] == told(text, "a.csv")


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        pytest.param(
            "Agent: a\nCustomer: b\nReason: c\nPS: d\nAgent: e",
            ["agent: a", "customer: b Reason: c PS: d", "agent: e"],
            id="both sides are known",
        ),
        pytest.param(
            "Agent: a\nMaria: b\nTotal: c\nAgent: d\nMaria: e",
            ["agent: a", "customer: b Total: c", "agent: d", "customer: e"],
            id="an unknown name comes again",
        ),
        pytest.param(
            "Agent: a\nMaria: b\nTotal: c\nd\nNote:\nMARIA: e",
            ["agent: a", "customer: b Total: c d Note:", "customer: e"],
            id="in other letters",
        ),
        pytest.param("Agent: a\nMaria: b", ["agent: a", "customer: b"], id="the other side speaks once"),
        pytest.param(
            "Agent: a\nTom: b\nMaria: c",
            ["agent: a", "a.txt:2: speaker is 'Tom'; WHO", "a.txt:3: speaker is 'Maria'; WHO"],
            id="any of two may be the other side",
        ),
        pytest.param(
            "Agent: a\nCustomer: b\nTom: c\nAgent: d\nTom: e",
            ["agent: a", "customer: b", "a.txt:3: speaker is 'Tom'; WHO", "agent: d", "a.txt:5: speaker is 'Tom'; WHO"],
            id="a third person",
        ),
        pytest.param("Agent: a\nCustomer: b\nManager: c", ["agent: a", "customer: b", "agent: c"], id="a manager"),
        pytest.param(
            "Subject: a\nAgent: b\nCustomer: c", ["a.txt:1: speaker is 'Subject'; WHO", "agent: b", "customer: c"],
            id="nothing is before it",
        ),
        pytest.param(
            "Agent: a\nTom: b\nMaria: c\nTom: d\nMaria: e\nTotal: f",
            ["agent: a", *(f"a.txt:{n}: speaker is '{who}'; WHO" for n, who in enumerate(["Tom", "Maria"] * 2, 2))],
            id="two come again",
        ),
    ],
)  # fmt: skip
def test_a_label_in_a_script_that_is_no_speaker_costs_nothing(text: str, turns: list[str]) -> None:
    assert [line.replace("WHO", WHO) for line in turns] == told(text, "a.txt")


def test_a_label_that_the_user_names_is_a_speaker() -> None:
    assert told("Agent: a\nCustomer: b\nTom: c", "a.txt", "Tom=agent") == ["agent: a", "customer: b", "agent: c"]


def test_many_labels_are_read_in_time() -> None:
    lines = [f"L{number}: {'words ' * 20}" for number in range(20_000)]
    labels = "".join(chr(ord("a") + int(digit)) for digit in "0123456789")
    lines = [line.translate(str.maketrans("0123456789", labels)) for line in lines]
    (_, turn) = told("\n".join(["Agent: a", "Customer: b", *lines]), "a.txt")
    assert turn.count("words") == 400_000


@pytest.mark.parametrize("pair", ["Maria", "=agent", "Maria=boss", "", "Maria:agent", "-- =agent"])
def test_a_pair_that_says_nothing_is_named(pair: str) -> None:
    with pytest.raises(InputError, match="is not NAME=ROLE, where ROLE is customer, agent, system"):
        named([pair])


def test_nobody_is_named_by_default() -> None:
    assert named([]) == {}
    assert list(named(["A b=system"]).values()) == [Speaker.SYSTEM]
