from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commanding import store
from hypothesis import given
from hypothesis import strategies as some
from storing import NOW, change, heard, keep

from csr_assist.conversation import Language, Speaker
from csr_assist.cues import Cue
from csr_assist.labels import Label, labels_for
from csr_assist.reviewed import corrected, marked, prompt_verdicts, reviewed_turns
from csr_assist.store import About, Feedback, Mark, MarkVerdict, Store, Verdict
from csr_assist.training.corpus import Evidence, load_corpus, parse_marked

__all__ = ["store"]

RIGHT, WRONG, MISSED = MarkVerdict
F, R, C = Label.FRUSTRATION, Label.REPEAT_EFFORT, Label.CHURN_THREAT
LINES = ("C: hello", "A: account number please", "C: I am very upset, this is the third time", "A: we can't")


def mark(label: Label, start: int, end: int, verdict: MarkVerdict, turn: str = "3", conversation: str = "c") -> Mark:
    return Mark(conversation, turn, label, start, end, verdict, "Rosa")


def cue(label: Label, start: int, end: int) -> Cue:
    return Cue(label, start, end, "words", 0.9)


@pytest.mark.parametrize(
    ("marks", "left"),
    [
        ([], [(F, 0, 9), (R, 20, 30)]),
        ([mark(F, 0, 9, RIGHT)], [(F, 0, 9), (R, 20, 30)]),
        ([mark(F, 0, 9, WRONG)], [(R, 20, 30)]),
        ([mark(F, 3, 4, WRONG)], [(R, 20, 30)]),
        ([mark(F, 9, 12, WRONG)], [(F, 0, 9), (R, 20, 30)]),
        ([mark(R, 0, 9, WRONG)], [(F, 0, 9), (R, 20, 30)]),
        ([mark(C, 5, 25, MISSED)], [(F, 0, 9), (C, 5, 25), (R, 20, 30)]),
        ([mark(F, 10, 15, MISSED)], [(F, 0, 9), (F, 10, 15), (R, 20, 30)]),
        ([mark(F, 5, 15, MISSED)], [(F, 5, 15), (R, 20, 30)]),
        ([mark(F, 0, 9, WRONG), mark(F, 0, 9, RIGHT)], [(F, 0, 9), (R, 20, 30)]),
        ([mark(F, 0, 9, RIGHT), mark(F, 0, 9, WRONG)], [(R, 20, 30)]),
        ([mark(F, 0, 9, WRONG), mark(R, 20, 30, WRONG)], []),
    ],
)
def test_the_last_word_of_a_reviewer_on_a_label_counts(marks: list[Mark], left: list[tuple[Label, int, int]]) -> None:
    assert corrected([cue(F, 0, 9), cue(R, 20, 30)], marks) == tuple(Evidence(*one) for one in left)


@some.composite
def annotated(draw: some.DrawFn) -> tuple[str, tuple[Evidence, ...]]:
    text = draw(some.text("a <>/b‹کé", min_size=1, max_size=30))
    spans = some.tuples(
        some.sampled_from(labels_for(Speaker.CUSTOMER)), some.integers(0, len(text) - 1), some.integers(1, len(text))
    )
    given = [mark(label, at, end, MISSED) for label, at, end in draw(some.lists(spans, max_size=6)) if at < end]
    return text, corrected((), given)


@given(annotated())
def test_training_reads_back_every_mark(case: tuple[str, tuple[Evidence, ...]]) -> None:
    text, evidence = case
    plain, found = parse_marked(marked(text, evidence), Speaker.CUSTOMER)
    assert len(plain) == len(text)
    assert set(found) == set(evidence)
    assert len(found) == len(evidence)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("so <b>bad</b>", "so ‹b›bad‹/b›"),
        ("<tenure>", "‹tenure›"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("<3 this", "<3 this"),
        ("a <B>", "a <B>"),
    ],
)
def test_what_looks_like_a_tag_is_none(text: str, written: str) -> None:
    assert marked(text, ()) == written


def lines(store: Store) -> Iterator[dict[str, Any]]:
    return (one.line for one in reviewed_turns(store) if one.line)


def test_marked_turns_are_a_corpus(store: Store, tmp_path: Path) -> None:
    for conversation in ("a/b", "c"):
        about = About(channel="chat" if conversation == "c" else "fax")
        keep(store, *LINES, conversation=conversation, about=about)
    given = [
        mark(F, 5, 15, WRONG),
        mark(C, 28, 39, MISSED),
        mark(Label.REFUSAL, 0, 8, RIGHT, turn="4"),
        mark(F, 5, 15, RIGHT, conversation="a/b"),
    ]
    assert all(store.reviews.add_mark(one, NOW) for one in given)
    (tmp_path / "ours.jsonl").write_text("\n".join(json.dumps(one) for one in lines(store)), encoding="utf-8")
    read = {one.id: one for one in load_corpus(tmp_path)}
    assert list(read) == ["c/3", "c/4", "a%2Fb/3"]
    third = read["c/3"]
    assert third.text == LINES[2].removeprefix("C: ")
    assert (third.context, third.channel, third.language) == ("account number please", "chat", Language.ENGLISH)
    assert third.labels == {R, C}
    assert third.judged == frozenset({F, C}), "of the label that the detector found by itself nobody has said anything"
    assert read["c/4"].context == third.text
    assert read["c/4"].speaker is Speaker.AGENT
    assert read["c/4"].labels == {Label.REFUSAL}
    assert read["a%2Fb/3"].channel == "call"
    assert read["a%2Fb/3"].labels == {F, R}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (mark(Label.REFUSAL, 0, 4, MISSED), "speaker"),
        (mark(F, 0, 4, MISSED, turn="5"), "speaker"),
        (mark(F, 0, 4, RIGHT, turn="6"), "final"),
    ],
)
def test_what_training_could_not_read_is_left_out_with_a_reason(store: Store, given: Mark, reason: str) -> None:
    pairs = heard(*LINES, "S: on hold", "C: this is the third t")
    last, update = pairs[-1]
    pairs[-1] = (type(last)(last.turn, last.arrival, last.sequence, final=False), update)
    store.conversations.keep(change(pairs))
    assert store.reviews.add_mark(given, NOW)
    (found,) = reviewed_turns(store)
    assert found.line is None
    assert reason in found.reason


@pytest.mark.parametrize(
    ("corrected_to", "exported"),
    [
        (
            "I am very upset, this is the third time",
            "<frustration>I am very upset</frustration>, this is the third time",
        ),
        ("Well, I am very upset!", "Well, <frustration>I am very upset</frustration>!"),
        ("I'm rather very upset", None),
        ("you know I am very upset. I am very upset", None),
        ("hello", None),
    ],
)
def test_a_mark_follows_its_words_where_a_turn_is_corrected(
    store: Store, corrected_to: str, exported: str | None
) -> None:
    pairs = heard("C: I am very upset")
    based_on = store.conversations.keep(change(pairs))
    assert store.reviews.add_mark(mark(F, 0, 15, RIGHT, turn="1"), NOW)
    store.conversations.keep(change(heard(f"C: {corrected_to}"), based_on))
    (found,) = reviewed_turns(store)
    if exported:
        assert found.line is not None
        assert exported in found.line["text"].replace("<repeat_effort>", "").replace("</repeat_effort>", "")
    else:
        assert (found.line, found.reason) == (None, "its words have changed since it was marked")


def test_without_marks_there_is_nothing(store: Store) -> None:
    keep(store, *LINES)
    assert list(reviewed_turns(store)) == []
    assert list(prompt_verdicts(store)) == []


def test_verdicts_on_prompts_come_with_the_turn_that_raised_them(store: Store) -> None:
    keep(store, *LINES)
    for conversation, turn, verdict in (
        ("z", "1", Verdict.COPIED),
        ("c", "3", Verdict.WRONG),
        ("c", "9", Verdict.NOT_NOW),
    ):
        store.reviews.add_feedback(Feedback(conversation, turn, verdict, "I am sorry.", ("frustration",)), NOW)
    found = [(one["conversation_id"], one["turn_id"], one["verdict"], one["text"]) for one in prompt_verdicts(store)]
    assert found == [
        ("c", "3", "wrong", LINES[2].removeprefix("C: ")),
        ("c", "9", "not_now", None),
        ("z", "1", "copied", None),
    ]
