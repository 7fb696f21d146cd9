"""Tables whose columns the user names."""

from __future__ import annotations

import pytest

from csr_assist.conversation import Turn
from csr_assist.errors import InputError
from csr_assist.sources import column_map, parse_text
from csr_assist.sources.table import columns, guessed

GERMAN = "Nr;Von;Nachricht;Kunde\n1;Agent;hi;K7\n2;Kunde X;hello;K7\n"


def turns(text: str, *pairs: str, name: str = "a.csv", source: str | None = None) -> list[Turn]:
    found = list(parse_text(text, name, source, columns=column_map(pairs)))
    assert all(isinstance(one, Turn) for one in found), found
    return [one for one in found if isinstance(one, Turn)]


@pytest.mark.parametrize(
    ("text", "pairs", "expected"),
    [
        pytest.param(GERMAN, ["speaker=Von", "text=Nachricht"], ["agent 2: hi", "customer 3: hello"], id="two fields"),
        pytest.param(
            GERMAN,
            ["speaker = von", " text= NACHRICHT ", "turn_id=nr"],
            ["agent 1: hi", "customer 2: hello"],
            id="case and spaces",
        ),
        pytest.param("role,text,message\nagent,a,b\n", ["text=message"], ["agent 2: b"], id="before what is guessed"),
        pytest.param("text,Text\na,agent\n", ["speaker=Text"], ["agent 2: a"], id="of that very name"),
        pytest.param("from,to\nagent,a\n", ["text=to"], ["agent 2: a"], id="the other is guessed"),
        pytest.param("from,role,b=c\nx,agent,a\n", ["text=b=c", "speaker=role"], ["agent 2: a"], id="an equals sign"),
        pytest.param("role,text\nagent,a\n", [], ["agent 2: a"], id="none"),
        pytest.param(
            "id,who,said\n1,agent,a\n1,user,b\n",
            ["speaker=who", "text=said"],
            ["1/agent 2: a", "1/customer 3: b"],
            id="ids that repeat still tell conversations",
        ),
    ],
)
def test_columns_are_what_the_user_says(text: str, pairs: list[str], expected: list[str]) -> None:
    told = [f"{one.conversation_id}/{one.speaker} {one.turn_id}: {one.text}" for one in turns(text, *pairs)]
    assert [line.removeprefix("a/") for line in told] == expected


@pytest.mark.parametrize("name", ["a.txt", "pasted"])
def test_a_table_is_known_by_the_columns_that_are_named(name: str) -> None:
    assert len(turns(GERMAN, "speaker=Von", "text=Nachricht", name=name)) == 2


def test_other_formats_are_not_touched() -> None:
    (turn,) = turns('{"speaker": "agent", "text": "hi"}', "speaker=Von", "text=Nachricht", name="a.jsonl")
    assert turn.text == "hi"


def test_the_customers_id_arrives() -> None:
    named = [one.customer for one in turns(GERMAN, "speaker=Von", "text=Nachricht", "customer_id=Kunde")]
    (guess,) = turns("role,text,Customer ID\nagent,a,7\n")
    (none,) = turns("role,text,Customer ID\nagent,a,\n")
    assert [one and one.id for one in (*named, guess.customer, none.customer)] == ["K7", "K7", "7", None]


def test_an_id_that_the_user_gives_to_turns_tells_no_conversations() -> None:
    found = list(parse_text("id,role,text\n1,agent,a\n1,user,b\n", "f.csv", columns={"turn_id": "id"}))
    assert [one.conversation_id for one in found if isinstance(one, Turn)] == ["f"]


@pytest.mark.parametrize("pair", ["Von", "=Von", "speaker=", "speaker= ", "Speaker=Von", "who=Von", "customer=Von", ""])
def test_a_pair_that_names_nothing_is_refused(pair: str) -> None:
    fields = "speaker, text, conversation_id, turn_id, at, language, channel, customer_id"
    with pytest.raises(InputError, match=f"is not FIELD=HEADER, where FIELD is {fields}"):
        column_map([pair])


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (
            ["speaker=Wer", "text=Nachricht"],
            "a.csv: no column 'Wer' for speaker in the header 'Nr', 'Von', 'Nachricht'",
        ),
        (["speaker=Von"], "no column for the text in the header 'Nr', .*; or name the column, as text=HEADER"),
        ([], "no column for the speaker and the text in the header 'Nr', .* as speaker=HEADER"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(pairs: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_text(GERMAN, "a.csv", columns=column_map(pairs))


@pytest.mark.parametrize(
    ("text", "header", "guess"),
    [
        (GERMAN, ("Nr", "Von", "Nachricht", "Kunde"), {}),
        ("Role, Message ,x\nagent,hi,1\n", ("Role", "Message", "x"), {"speaker": "Role", "text": "Message"}),
        ("id\trole\ttext\n1\tagent\ta\n1\tuser\tb\n", ("id", "role", "text"),
         {"speaker": "role", "text": "text", "conversation_id": "id"}),
        ("id,role,text\n1,agent,a\n2,user,b\n", ("id", "role", "text"),
         {"speaker": "role", "text": "text", "turn_id": "id"}),
        ("", (), {}),
        ("\n\n", (), {}),
    ],
)  # fmt: skip
def test_a_screen_learns_the_columns_and_what_they_are_taken_for(
    text: str, header: tuple[str, ...], guess: dict[str, str]
) -> None:
    assert (columns(text), guessed(text)) == (header, guess)
