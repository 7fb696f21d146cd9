import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.sources import FORMATS, Problem, expand, parse_text, read_turns
from csr_assist.sources.decode import decode
from csr_assist.sources.roles import role_of

NAMES = [known.name for known in FORMATS]
VTT = "00:01.000 --> 00:02.000\n"
QUOTES = 'quotes do not match; expected "..." around a cell and "" inside'
WHO = "expected customer, agent, system"
WHEN = "expected a time as 2026-01-31T09:30:00"


def told(text: str, name: str = "a.txt", source: str | None = None) -> list[str]:
    """Turns as 'speaker id: text', problems as they print."""
    return [
        f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)
        for item in parse_text(text, name, source)
    ]


def line(speaker: object = "agent", text: object = "hi", **more: object) -> str:
    return json.dumps({"speaker": speaker, "text": text, **more})


def test_every_field_of_jsonl_arrives() -> None:
    customer = {"id": 7, "name": "Ana", "since": "2019-04-01", "vip": True}
    row = line("CALLER", " hi ", turn_id=3, conversation_id="c", at="2026-01-31T09:30:00Z", customer=customer)
    expected = Turn(
        "c", "3", Speaker.CUSTOMER, " hi ", datetime(2026, 1, 31, 9, 30, tzinfo=UTC), Language.PERSIAN, "chat",
        Customer("7", "Ana", date(2019, 4, 1)),
    )  # fmt: skip
    assert list(parse_text(row[:-1] + ', "language": "fa-IR", "channel": "chat", "x": 1}', "f")) == [expected]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "not JSON at column 2; expected an object with speaker and text"),
        ("[" * 100_000, "not JSON; expected an object with speaker and text"),
        ("[1]", "the line is a list; expected an object with speaker and text"),
        ('"secret"', "the line is a string; expected an object with speaker and text"),
        ('{"text": "hi"}', f"speaker is missing; {WHO}"),
        ('{"speaker": "agent"}', "text is missing; expected a string of readable characters"),
        (line("boss"), f"speaker is 'boss'; {WHO}"),
        (line(None), f"speaker is null; {WHO}"),
        (line("b" * 99), f"speaker is '{'b' * 23}…'; {WHO}"),
        (line(text=" "), "text is empty; expected a string of readable characters"),
        (line(text=["secret"]), "text is a list; expected a string of readable characters"),
        (line(text="secret\0"), "text is damaged; expected a string of readable characters"),
        (line(text="secret\ud800"), "text is damaged; expected a string of readable characters"),
        (line(turn_id=True), "turn_id is true; expected a string or a whole number"),
        (line(conversation_id=1.5), "conversation_id is 1.5; expected a string or a whole number"),
        (line(turn_id=1), "turn_id '1' came before, at line 1; expected once"),
        (line("boss", language="de"), f"speaker is 'boss'; {WHO}"),
        (line(text=None, at=1), "text is null; expected a string of readable characters"),
        (line(turn_id=1, channel=5), "turn_id '1' came before, at line 1; expected once"),
    ],
)
def test_a_bad_line_of_jsonl_is_named_and_costs_itself_alone(bad: str, reason: str) -> None:
    assert told(f"{line()}\n{bad}\n\n{line()}", "f.jsonl") == ["agent 1: hi", f"f.jsonl:2: {reason}", "agent 4: hi"]


@pytest.mark.parametrize(
    ("field", "bad", "reason", "left"),
    [
        ("at", 1700000000, f"at is 1700000000; {WHEN}", None),
        ("at", 1.5, f"at is 1.5; {WHEN}", None),
        ("at", "1700000000", f"at is '1700000000'; {WHEN}", None),
        ("at", "1711123012345", f"at is '1711123012345'; {WHEN}", None),  # else a day in the year 1711
        ("at", "31/01/2026 09:30", f"at is '31/01/2026 09:30'; {WHEN}", None),
        ("at", "2026-01-31T09:30:00+25:00", f"at is '2026-01-31T09:30:00+25:…'; {WHEN}", None),
        ("language", "de", "language is 'de'; expected en, id, fa", None),
        ("language", ["en"], "language is a list; expected en, id, fa", None),
        ("channel", 5, "channel is 5; expected a string", None),
        ("customer", "Ana", "customer is 'Ana'; expected an object of id, name, since", None),
        ("customer", {"id": 1.5}, "customer.id is 1.5; expected a string or a whole number", {}),
        ("customer", {"id": 7, "since": "May"}, "customer.since is 'May'; expected a date as 2019-04-01", {"id": 7}),
        ("customer", {"name": "secret\0", "since": "2019-04-01"}, "customer.name is damaged; expected a string",
         {"since": "2019-04-01"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [{}, {"channel": "chat"}, {"at": "2026-01-31"}])
def test_a_bad_field_that_is_optional_costs_itself_alone(
    field: str, bad: object, reason: str, left: object, more: dict[str, str]
) -> None:
    (good,) = parse_text(line(**{**more, field: left}), "f.jsonl")
    assert isinstance(good, Turn)
    assert list(parse_text(line(**{**more, field: bad}), "f.jsonl")) == [Problem("f.jsonl:1", reason), good]


def test_every_bad_field_is_named_before_its_turn() -> None:
    row = line(at="noon", language="de", channel=5, customer={"id": True, "name": 1, "since": 2})
    problems = [item.reason.split(" is ")[0] for item in parse_text(row, "f.jsonl") if isinstance(item, Problem)]
    assert problems == ["at", "language", "channel", "customer.id", "customer.name", "customer.since"]
    assert told(row, "f.jsonl")[len(problems) :] == ["agent 1: hi"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-31T09:30:00", "2026-01-31T09:30:00+00:00"), ("2026-01-31 09:30", "2026-01-31T09:30:00+00:00"),
        ("20260131", "2026-01-31T00:00:00+00:00"), ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31T09:30:00+03:30", "2026-01-31T09:30:00+03:30"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_time_without_a_zone_is_utc_and_others_keep_theirs(at: str | None, expected: str | None) -> None:
    (turn,) = parse_text(line(at=at), "f.jsonl")
    assert isinstance(turn, Turn)
    assert (turn.at and turn.at.isoformat()) == expected


def test_times_with_and_without_a_zone_can_be_subtracted() -> None:
    text = "at,speaker,text\n2026-01-31 09:30,agent,a\n2026-01-31T13:00:05+03:30,agent,b"
    first, second = (turn.at for turn in parse_text(text, "f.csv") if isinstance(turn, Turn))
    assert first
    assert second
    assert second - first == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("", f"[{line()},\n{line()}]", ["agent 1: hi", "agent 2: hi"]),
        (
            "f.json",
            '[\n{"speaker": "agent",\n"text": "a"},\n{"text":\n oops},\n {"speaker": "user", "text": "b"}]',
            ["agent 2: a", "f.json:4: not JSON; expected an object with speaker and text", "customer 6: b"],
        ),
        ("", "Agent: hi\n there\n\n[00:01:02] Maria: cross\n00:01 Agent:ok",
         ["agent 1: hi there", "customer 4: cross", "agent 5: ok"]),
        ("", "Agent: see\nhttps://a.b\n12:30 works for me: yes", ["agent 1: see https://a.b 12:30 works for me: yes"]),
        ("", "**Agent:** hi\n- Tom (customer) [00:10]: yo", ["agent 1: hi", "customer 2: yo"]),
        ("", "hello\nall\nAgent: hi", [f"text:1: speaker is missing; {WHO}", "agent 3: hi"]),
        ("", "Agent: a\nTom: b\nMaria: c\nc",
         ["agent 1: a", f"text:2: speaker is 'Tom'; {WHO}", f"text:3: speaker is 'Maria'; {WHO}"]),
        ("", "System: a\nTom: b", ["system 1: a", f"text:2: speaker is 'Tom'; {WHO}"]),
        ("", "\u200fمشتری: سلام\nپشتیبان: درود", ["customer 1: سلام", "agent 2: درود"]),
        ("", f"WEBVTT\n\nNOTE x\n\n1\n{VTT}<v Agent>A &amp; <i>B</i>\n<v.loud Mia>c</v><v Agent>d",
         ["agent 7: A & B", "customer 8: c", "agent 8.2: d"]),
        ("", f"{VTT}Agent: a\nb\n{VTT}User: c\nAgent: d", ["agent 2: a b", "customer 5: c", "agent 6: d"]),
        ("", "1\n00:00:01,000 --> 00:00:02,000\nAgent: a\n\n2\n00:00:02,0x --> 1\nAgent: b\n\nlost",
         ["agent 3: a", "text:6: the time line is malformed; expected 00:01.000 --> 00:02.000",
          "text:9: words without a time line; expected 00:01.000 --> 00:02.000 above"]),
        ("", f"{VTT}Agent: a\n\n{VTT}no name\n\n{VTT}nor here\n\n{VTT}User: b",
         ["agent 2: a no name nor here", "customer 11: b"]),
        ("", f"{VTT}<v Agent>a\n\n{VTT}b <v Mia>c\n\n{VTT}<i>d</i>\n\n{VTT}<v >e\n\n{VTT}<v Agent>f",
         ["agent 2: a b", "customer 5: c d e", "agent 14: f"]),
        ("", f"{VTT}Agent: a\n\n{VTT}Agent: b", ["agent 2: a", "agent 5: b"]),
        ("", f"{VTT}Agent:\n\n{VTT}a", ["agent 2: a"]),
        ("", f"{VTT}no name\n\n{VTT}nor here\n\n{VTT}Agent: a",
         [f"text:2: speaker is missing; {WHO}", "agent 8: a"]),
        ("", f"WEBVTT\n\nlost\n\n{VTT}Agent: a\n\n{VTT[:-4]}x\nb\n\n{VTT}c\n\n{VTT}User: d",
         ["text:3: words without a time line; expected 00:01.000 --> 00:02.000 above", "agent 6: a c",
          "text:8: the time line is malformed; expected 00:01.000 --> 00:02.000", "customer 15: d"]),
        ("", f"{VTT}Agent: a\n\n{VTT}Tom: b\n\n{VTT}Mia: c\n\n{VTT}c",
         ["agent 2: a", f"text:5: speaker is 'Tom'; {WHO}", f"text:8: speaker is 'Mia'; {WHO}"]),
        ("", "Call ID;Role;Message\nc;agent;\"a; \"\"b\"\"\nc\"\nc;maria;d", ['agent 2: a; "b"\nc', "customer 4: d"]),
        ("f.csv",
         'id,from,body\n1,agent,"open\n2,agent,"a"b\n3,agent,c\n4,agent,d,e\n5,agent\n,,\n6,,x\n"\n7,agent,g\n"',
         [f"f.csv:2: {QUOTES}",
          f"f.csv:3: {QUOTES}", "agent 3: c",
          "f.csv:5: the row has 4 cells; expected 3, as in the header",
          "f.csv:6: text is missing; expected a string of readable characters", f"f.csv:8: speaker is missing; {WHO}",
          f"f.csv:9: {QUOTES}", "agent 7: g",
          f"f.csv:11: {QUOTES}"]),
        ("", 'speaker\ttext\tlang\nagent\t"a" b\tID', ['agent 2: "a" b']),
        ("", "time,speaker,text\n00:01,agent,a\n2026-01-01 10:00,agent,b\nlater,agent,c\n31/01/2026 09:30,agent,d",
         ["agent 2: a", "agent 3: b", f"text:4: at is 'later'; {WHEN}", "agent 4: c",
          f"text:5: at is '31/01/2026 09:30'; {WHEN}", "agent 5: d"]),
        ("", "time,speaker,text\n12.5,agent,a\n86400000,agent,b\n1700000000,agent,c\n1711123012345,agent,d",
         ["agent 2: a", "agent 3: b", f"text:4: at is '1700000000'; {WHEN}", "agent 4: c",
          f"text:5: at is '1711123012345'; {WHEN}", "agent 5: d"]),
        ("", "speaker,text,language,channel\nagent,a,de,\nagent,b,,chat",
         ["text:2: language is 'de'; expected en, id, fa", "agent 2: a", "agent 3: b"]),
    ],
)  # fmt: skip
def test_formats_are_told_apart_and_read_in_order(name: str, text: str, expected: list[str]) -> None:
    assert told(text, name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,speaker,text\nc1,agent,a\nc1,user,b\nc2,agent,c", ["c1/2", "c1/3", "c2/4"]),
        ("ID,speaker,text\nc1,agent,a\nc2,agent,b\n c1 ,user,c", ["c1/2", "c2/3", "c1/4"]),
        ("id,speaker,text\n1,agent,a\n2,user,b\n3,agent,c", ["f/1", "f/2", "f/3"]),
        ("id,speaker,text\n1,agent,a\n,user,b\n,agent,c", ["f/1", "f/3", "f/4"]),
        ("id,speaker,text\n1,agent,a\n1,agent,b,c,d\n2,user,e", ["f/1", "f:3", "f/2"]),
        ("id,turn_id,speaker,text\nc1,1,agent,a\nc1,2,user,b\nc2,1,agent,c", ["c1/1", "c1/2", "c2/1"]),
        ("id,index,speaker,text\nc1,1,agent,a\nc1,2,user,b\nc2,1,agent,c", ["c1/1", "c1/2", "c2/1"]),
        ("id,index,speaker,text\n7,1,agent,a\n8,1,user,b", ["f/7", "f/8"]),
        ("id,turn_id,speaker,text\n7,1,agent,a\n8,2,user,b", ["f/1", "f/2"]),
        ("index,speaker,text\n1,agent,a\n1,user,b", ["f/1", "f:3"]),
        ("call_id,id,speaker,text\nc1,1,agent,a\nc2,1,user,b\nc2,1,agent,c", ["c1/1", "c2/1", "f:4"]),
        ("call_id,speaker,text\nc1,agent,a\nc1,user,b", ["c1/2", "c1/3"]),
    ],
)
def test_a_column_of_ids_that_repeat_tells_conversations(text: str, expected: list[str]) -> None:
    found = list(parse_text(text, "f", "table"))
    assert [f"{i.conversation_id}/{i.turn_id}" if isinstance(i, Turn) else i.where for i in found] == expected


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Who,What was said", r"speaker and the text in the header 'Who', 'What was said'; for speaker: .*utterance"),
        ("Who,text", r"no column for the speaker in the header 'Who', 'text'; for speaker: speaker, role"),
        ("role," + "x," * 12, r"no column for the text in the header 'role', .*'x', \.\.\.; for text: text, utterance"),
    ],
)
def test_a_table_without_a_needed_column_is_refused(header: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_text(f"{header}\nagent,hi", "f.csv")


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("it’s £5 – “señor”…", "cp1252"), ("it’s fine", "cp1252"), ("naïve café", "utf-8"), ("سلام", "utf-8-sig"),
        ("سلام، خوب نيستم", "cp1256"), ("سلام، café", "utf-16"), ("plain words", "utf-16-le"),
        ("plain words", "utf-16-be"),
        ("سلام", "utf-32"),
    ],
)  # fmt: skip
def test_encodings_are_found_out(tmp_path: Path, words: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"Agent: {words}\r\nCustomer: ok\r\n".encode(encoding))
    assert [turn.text for turn in read_turns(path) if isinstance(turn, Turn)] == [words, "ok"]


def test_a_line_in_another_encoding_harms_no_other() -> None:
    assert decode("é سلام\n".encode() + b"caf\xe9 au lait\n", "f") == "é سلام\ncafé au lait\n"


@pytest.mark.parametrize(
    ("data", "source", "message"),
    [
        (b"", None, "a.txt: the file is empty"),
        (b"\xef\xbb\xbf \n", None, "a.txt: the file is empty"),
        (bytes(range(256)) * 4, None, "not a text file"),
        (b"PK\x03\x04\x00\x00\x00", None, "not a text file"),
        (b"Agent: hi", "csv", "source 'csv' is unknown; allowed are jsonl, captions, table, script"),
        (b"speaker,text\n", None, "a.txt: no turn found"),
        (b"hello", None, "no turn found; the first problem is at a.txt:1: speaker is missing"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(tmp_path: Path, data: bytes, source: str, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(read_turns(path, source))


def test_paths_are_checked_and_folders_expanded(tmp_path: Path) -> None:
    for name in ("b.CSV", "a.jsonl", "notes.pdf", "sub/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = expand([tmp_path / "notes.pdf", tmp_path, tmp_path / "a.jsonl"])
    assert [path.name for path in found] == ["notes.pdf", "a.jsonl", "b.CSV", "c.txt"]
    (tmp_path / "empty").mkdir()
    for bad in ("missing", "empty"):
        with pytest.raises(InputError, match=bad):
            expand([tmp_path / bad])
    for path in (tmp_path, tmp_path / "missing", tmp_path / ("x" * 999), Path("a\0b")):
        with pytest.raises(InputError):
            read_turns(path)
    with pytest.raises(InputError, match="empty"):
        parse_text(" ", "pasted")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Client 2", "customer"), ("END-USER", "customer"), ("تماس‌گیرنده", "customer"), ("مشتري", "customer"),
        ("Nasabah", "customer"),
        ("Customer Service", "agent"), ("Agent ۲", "agent"), ("کارشناس", "agent"), ("(Petugas)", "agent"),
        ("AUTOMATED_AGENT", "system"), ("IVR", "system"), ("Tom", None), ("", None), ("7", None),
    ],
)  # fmt: skip
def test_names_of_roles(name: str, role: str | None) -> None:
    assert role_of(name) == role


@pytest.mark.parametrize(
    "text",
    ['{"speaker": "agent", "text": "%s"}', "WEBVTT\n\n" + VTT + "Agent: %s", "speaker,text\nagent,%s", "Agent: %s"],
)
def test_a_turn_of_a_megabyte_is_read(text: str) -> None:
    words = "words " * 180_000
    assert [turn.text.strip() for turn in parse_text(text % words, "") if isinstance(turn, Turn)] == [words.strip()]


@settings(deadline=None)
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_bytes_raise_input_errors_only(data: bytes) -> None:
    for source in (None, *NAMES):
        try:
            items = list(parse_text(decode(data, "f"), "f", source))
        except InputError:
            continue
        assert any(isinstance(item, Turn) for item in items)


_PIECES = st.sampled_from(
    [
        *'\n\t ,;:|"<>[]{}\\/.-',
        "-->",
        VTT,
        "WEBVTT",
        "<v A>",
        "Agent:",
        "Tom:",
        "speaker,text",
        "00:01",
        line(),
        "\ud800",
        "\0",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES | st.text(max_size=9)).map("".join), st.text(max_size=9), st.sampled_from([None, *NAMES]))
def test_text_raises_input_errors_only(text: str, name: str, source: str | None) -> None:
    try:
        for item in parse_text(text, name, source):
            assert not isinstance(item, Problem) or len(item.reason) <= 80
    except InputError:
        pass


# a pair of quotes may hold lines of a table by right; an open quote is a case above
_BAD = st.lists(st.text(st.characters(exclude_characters='\r\n"')), max_size=4).map("\n".join)
_GOOD = {
    "jsonl": ("", '{"speaker": "agent", "text": "good %d"}'),
    "captions": ("WEBVTT\n\n", f"\n{VTT}<v Agent>good %d\n"),
    "table": ("speaker,text\nagent,first\n", "agent,good %d"),
    "script": ("", "Agent: good %d"),
    "unlabelled": ("first\n", "good %d"),
}


@settings(deadline=None)
@pytest.mark.parametrize("source", NAMES)
@given(bad=st.lists(_BAD, min_size=1, max_size=5))
def test_no_good_line_is_lost_among_bad_ones_and_order_is_kept(source: str, bad: list[str]) -> None:
    head, good = _GOOD[source]
    text = head + "\n".join(f"{good % number}\n{junk}" for number, junk in enumerate(bad))
    heard = " ".join(item.text for item in parse_text(text, "f", source) if isinstance(item, Turn)).split("good ")
    assert [words.split()[0] for words in heard[1:]] == [str(number) for number in range(len(bad))]


def test_an_array_on_one_line_without_ids_keeps_every_turn() -> None:
    text = json.dumps([{"speaker": "customer", "text": "one"}, {"speaker": "agent", "text": "two"}])
    found = list(parse_text(text, "call.json"))
    assert [(t.turn_id, t.text) for t in found if isinstance(t, Turn)] == [("1", "one"), ("1.2", "two")]


def test_an_empty_optional_field_is_an_absent_one() -> None:
    row = {"turn_id": 1, "speaker": "customer", "text": "hi", "at": "", "language": "", "channel": "", "customer": None}
    (turn,) = parse_text(json.dumps(row), "call.jsonl")
    assert isinstance(turn, Turn)
    assert (turn.at, turn.language, turn.channel, turn.customer) == (None, None, None, None)
