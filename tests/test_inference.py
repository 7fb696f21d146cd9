"""Who says what in texts without names."""

from __future__ import annotations

import json

import pytest
from dialogues import DIALOGUES, UNSEEN, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.sources import named, parse_text, swapped
from csr_assist.sources.inference import SENTENCES, infer_roles, utterances
from csr_assist.sources.rows import INFERRED


def score(dialogues: dict[str, str]) -> tuple[float, str]:
    """Share of lines that are right, and what is wrong as a table."""
    wrong: list[str] = []
    lines = 0
    for name, dialogue in dialogues.items():
        said = rows(dialogue)
        lines += len(said)
        guesses = infer_roles([words for _, words in said])
        wrong += (
            f"{name:24} {guess.role:8} {guess.confidence:.2f}  {words}  ({guess.why})"
            for (role, words), guess in zip(said, guesses, strict=True)
            if guess.role is not role
        )
    return 1 - len(wrong) / lines, "\n".join(["", *wrong])


def test_most_lines_are_given_to_who_says_them() -> None:
    right, table = score(DIALOGUES)
    assert right >= 0.85, table


def test_dialogues_that_the_signs_were_not_made_for_are_mostly_right() -> None:
    right, table = score(UNSEEN)
    assert right >= 0.75, table


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES)
def test_every_guess_has_a_probability_and_a_reason_without_words(dialogue: str) -> None:
    said = rows(dialogue)
    for guess in infer_roles([words for _, words in said]):
        assert 0.5 <= guess.confidence <= 1
        assert guess.why
        assert not any(guess.why in words for _, words in said)


@pytest.mark.parametrize(
    ("line", "role", "why"),
    [
        ("Thank you for calling, how can I help?", Speaker.AGENT, "welcomes a caller"),
        ("my order never came", Speaker.CUSTOMER, "speaks of own things"),
        ("Mohon ditunggu sebentar", Speaker.AGENT, "says what will be done"),
        ("paket saya belum sampai", Speaker.CUSTOMER, "speaks of own things"),
        ("چه کمکی از دستم برمی‌آید؟", Speaker.AGENT, "offers help"),
        ("سفارشم نرسيده", Speaker.CUSTOMER, "speaks of own things"),
        ("THANK  YOU FOR CALLING", Speaker.AGENT, "welcomes a caller"),
        ("I’m calling about my bill", Speaker.CUSTOMER, "speaks of own things"),
    ],
)
def test_one_line_can_tell(line: str, role: Speaker, why: str) -> None:
    (guess,) = infer_roles([line])
    assert (guess.role, guess.why) == (role, why)


def test_lines_that_say_nothing_take_turns_with_those_that_do() -> None:
    found = infer_roles(["hm", "hm", "Thank you for calling, how can I help?", "hm", "hm"])
    roles = [guess.role for guess in found]
    assert roles == [Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT]
    assert found[2].confidence > found[3].confidence > found[4].confidence
    assert {guess.why for guess in (found[0], found[4])} == {"takes turns with the other side"}


def test_sentences_stay_with_who_spoke_before_more_than_lines_do() -> None:
    words = ["My order never came.", "Two weeks now."]
    assert [guess.role for guess in infer_roles(words, SENTENCES)] == [Speaker.CUSTOMER] * 2
    assert [guess.role for guess in infer_roles(words)] == [Speaker.CUSTOMER, Speaker.AGENT]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I left. Why? Bye!", ["I left.", "Why?", "Bye!"]),
        ("کجاست؟ نمی‌دانم.", ["کجاست؟", "نمی‌دانم."]),
        ("It is No. 7, Mr. Finch. Yes.", ["It is No. 7, Mr. Finch.", "Yes."]),
        ("It cost 3.50 at a.example. Ok", ["It cost 3.50 at a.example.", "Ok"]),
        ('Really?! "No." Well… fine', ["Really?!", '"No."', "Well…", "fine"]),
        ("no end", ["no end"]),
        ("No. I never did. Rp. 50.000!", ["No.", "I never did.", "Rp. 50.000!"]),
        ("one\ntwo", ["one", "two"]),
        (" ", []),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, parts: list[str]) -> None:
    assert utterances(text) == parts


@settings(deadline=None)
@given(st.lists(st.text() | st.sampled_from(["my order", "how can I help?", "باشه"]), max_size=20))
def test_every_line_has_a_guess(lines: list[str]) -> None:
    found = infer_roles(lines)
    assert [guess.role for guess in found] == [guess.role for guess in infer_roles(lines)]
    assert len(found) == len(lines)
    assert all(0.5 <= guess.confidence <= 1 for guess in found)


NOTES = "Thank you for calling, how can I help?\n\nmy order never came\nOrder: 7, is that yours?\nyes\nLet me check."


def told(text: str, name: str = "notes.txt", source: str | None = None) -> list[str]:
    return [
        f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)
        for item in parse_text(text, name, source)
    ]


def test_notes_without_names_are_read_with_one_problem_that_says_so() -> None:
    assert told(NOTES) == [
        f"notes.txt:1: {INFERRED}",
        "agent 1: Thank you for calling, how can I help?",
        "customer 3: my order never came",
        "agent 4: Order: 7, is that yours?",
        "customer 5: yes",
        "agent 6: Let me check.",
    ]


def test_sentences_of_one_line_that_one_side_says_are_one_turn() -> None:
    text = (
        "Thank you for calling. How can I help? My order never came. I paid two weeks ago. Let me check that for you."
    )
    assert told(text)[1:] == [
        "agent 1: Thank you for calling. How can I help?",
        "customer 1.2: My order never came. I paid two weeks ago.",
        "agent 1.3: Let me check that for you.",
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Agent: hi\nmy order\nyes\nno\nok", "agent 1: hi my order yes no ok"),
        ("Tom: hi\nmy order\nyes\nno\nok\nah", "notes.txt:1: speaker is 'Tom'; expected customer, agent, system"),
        ("a\nb\nc\nd\ne\nf\ncustomer: hi", "notes.txt:1: speaker is missing; expected customer, agent, system"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: hi", "agent 4: hi"),
        ("role,text\nagent,hi", "agent 2: hi"),
    ],
)
def test_a_text_with_names_is_no_notes(text: str, first: str) -> None:
    found = parse_text(text, "notes.txt")
    item = next(found)
    assert (f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)) == first


SRT = "{number}\n00:00:0{number},000 --> 00:00:0{number},900\n{words}\n"


def srt(*cues: str) -> str:
    return "\n".join(SRT.format(number=number, words=words) for number, words in enumerate(cues, 1))


@pytest.mark.parametrize(
    ("cues", "turns"),
    [
        pytest.param(
            ["Hello, how can I help?", "This is the third time I call,", "my order never came."],
            ["agent 3: Hello, how can I help?", "customer 7: This is the third time I call, my order never came."],
            id="what one side says in a row is a turn",
        ),
        pytest.param(
            ["Thank you for calling.", "<i>my order</i> never came\nOrder: 7", "", "Let me check that for you.",
             "One moment, please.", "my parcel is lost"],
            ["agent 3: Thank you for calling.", "customer 7: my order never came Order: 7",
             "agent 16: Let me check that for you. One moment, please.", "customer 24: my parcel is lost"],
            id="a label among cues is no name",
        ),
    ],
)  # fmt: skip
def test_captions_that_name_nobody_are_read_with_one_problem_that_says_so(cues: list[str], turns: list[str]) -> None:
    assert told(srt(*cues), "a.srt") == [f"a.srt:3: {INFERRED}", *turns]


def test_problems_of_captions_are_named_where_roles_are_inferred() -> None:
    text = "lost\n\n" + srt("Hello, how can I help?", "My order never came.")
    problem, inferred, *turns = told(text, "a.srt", "captions")
    assert problem.startswith("a.srt:1: words without a time line")
    assert inferred == f"a.srt:5: {INFERRED}"
    assert len(turns) == 2


@pytest.mark.parametrize(
    ("cues", "first"),
    [
        pytest.param(
            ["hello", "Agent: hi"], "a.srt:3: speaker is missing; expected customer, agent, system", id="a role"
        ),
        pytest.param(["<v Agent>hi", "hello"], "agent 3: hi hello", id="a voice"),
        pytest.param(["Agent: hi", "hello"], "agent 3: hi hello", id="the first"),
        pytest.param(["Tom: hi", "hello"], "a.srt:3: speaker is 'Tom'; expected customer, agent, system", id="unknown"),
    ],
)
def test_captions_that_name_somebody_are_believed(cues: list[str], first: str) -> None:
    found = parse_text(srt(*cues), "a.srt")
    item = next(found)
    assert (f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)) == first


def test_a_caption_alone_says_too_little() -> None:
    with pytest.raises(InputError, match=r"a\.srt:3: speaker is missing"):
        told(srt("my order never came"), "a.srt")


def test_a_name_that_the_user_gives_a_role_is_heard_in_captions() -> None:
    text = srt("hello", "hm", "well", "yes", "no", "Tom: my order")
    found = list(parse_text(text, "a.srt", roles=named(["Tom=customer"])))
    assert [(one.speaker, one.text) for one in found if isinstance(one, Turn)] == [("customer", "my order")]


def test_the_user_can_say_that_nobody_is_named() -> None:
    assert told("Total: 7\nmy order never came", source="unlabelled")[0] == f"notes.txt:1: {INFERRED}"


def test_roles_can_be_exchanged() -> None:
    found = list(parse_text(NOTES, "notes.txt"))
    other = list(swapped(found))
    assert other[0] == found[0]
    assert [one.speaker for one in other[1:3] if isinstance(one, Turn)] == [Speaker.CUSTOMER, Speaker.AGENT]
    assert list(swapped(other)) == found
    system = Turn("c", "1", Speaker.SYSTEM, "hi")
    assert list(swapped([system])) == [system]


def call(content: object, **fields: object) -> str:
    known = {"ConversationId": "c9", "StartTime": "2026-01-31 09:30:00", "EndTime": "2026-01-31 09:41:00"}
    return json.dumps({"ClientId": "7", **known, "Content": content, **fields})


def test_a_call_of_one_string_is_read_with_inferred_roles() -> None:
    one = call("Thank you for calling. How can I help? My order never came. I paid two weeks ago.")
    assert told(one, "convo_c9.json") == [
        f"convo_c9.json:1: {INFERRED}",
        "agent 1: Thank you for calling. How can I help?",
        "customer 2: My order never came. I paid two weeks ago.",
    ]
    assert {t.conversation_id for t in parse_text(one, "x.json") if isinstance(t, Turn)} == {"c9"}


def test_a_call_that_names_its_speakers_is_believed() -> None:
    content = "**Call Transcript**\n\n**Agent:** My order system is down.\n\n**Customer:** How can I help you?"
    assert told(call(content), "f.json") == ["agent 1: My order system is down.", "customer 2: How can I help you?"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (call(7, source=1), "no turn found"),
        (call("hello"), "speaker is 'unknown'"),
        (call(""), "no turn found"),
        (json.dumps({"ConversationId": [1], "StartTime": 1, "Content": "a. b."}), "ConversationId: input should be"),
    ],
)
def test_a_call_that_says_too_little_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        told(text, "f.json", "knowledge-mining")
