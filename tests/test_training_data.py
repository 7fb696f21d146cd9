from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizer import tiny_tokenizer

from csr_assist.conversation import Language, Speaker
from csr_assist.detector.encoding import STRIDE, TEXT_TOKENS
from csr_assist.labels import Family, Label, labels_of
from csr_assist.training.corpus import Evidence, Example, parse_marked
from csr_assist.training.data import Piece, Shown, as_shown, batches, collate, cut, joined, roughened

TOKENIZER = tiny_tokenizer()
LABELS = list(Label)


def example(marked: str, speaker: Speaker = Speaker.CUSTOMER, context: str = "") -> Example:
    text, evidence = parse_marked(marked, speaker)
    return Example("x-1", "x", speaker, Language.ENGLISH, text, context, evidence, "call", "telecom")


def tagged(piece: Piece, text: str) -> dict[Label, list[str]]:
    """The characters of every tagged token, by label."""
    words: dict[Label, list[str]] = {}
    for token, label in piece.tags:
        a, b = piece.window.offsets[token - 1]
        words.setdefault(LABELS[label], []).append(text[a:b])
    return words


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("the customer", {}, id="none"),
        pytest.param(
            "the <tenure>customer for six years</tenure> d",
            {Label.TENURE: ["customer", "for", "six", "years"]},
            id="words",
        ),
        pytest.param("a <frustration>ridiculous</frustration> b", {Label.FRUSTRATION: ["ridic", "ulous"]}, id="pieces"),
        pytest.param("<frustration>a</frustration>", {Label.FRUSTRATION: ["a"]}, id="all of it"),
        pytest.param("a<frustration>.</frustration> b", {Label.FRUSTRATION: ["."]}, id="a sign"),
        pytest.param("a <frustration>ridic</frustration>ulous", {Label.FRUSTRATION: ["ridic"]}, id="part of a word"),
        pytest.param("<frustration>a </frustration>b", {Label.FRUSTRATION: ["a"]}, id="a blank at its end"),
        pytest.param("a<frustration> b</frustration> c", {Label.FRUSTRATION: ["b"]}, id="a blank at its start"),
        pytest.param(
            "<frustration>a <tenure>b</frustration> c</tenure> d",
            {Label.FRUSTRATION: ["a", "b"], Label.TENURE: ["b", "c"]},
            id="two that cross",
        ),
        pytest.param("<tenure>a</tenure> b <tenure>c</tenure>", {Label.TENURE: ["a", "c"]}, id="one twice"),
    ],
)
def test_tags_land_on_the_marked_tokens(marked: str, expected: dict[Label, list[str]]) -> None:
    one = example(marked)
    (piece,) = cut(TOKENIZER, [one])
    assert tagged(piece, one.text) == expected


def test_tags_count_from_the_start_token_and_never_reach_the_context() -> None:
    (piece,) = cut(TOKENIZER, [example("<tenure>a b</tenure>", context="a b")])
    assert piece.window.ids[1:3] == piece.window.ids[4:6]
    assert [token for token, _ in piece.tags] == [1, 2]


@st.composite
def marked_examples(draw: st.DrawFn) -> Example:
    text = draw(st.text(alphabet="ab 'äﬁ½…سً😡.", min_size=1, max_size=30))
    start = draw(st.integers(0, len(text) - 1))
    evidence = Evidence(Label.TENURE, start, draw(st.integers(start + 1, len(text))))
    return Example("x", "x", Speaker.CUSTOMER, Language.ENGLISH, text, "", (evidence,))


@given(marked_examples())
def test_every_token_of_the_evidence_is_tagged_and_no_other(one: Example) -> None:
    (piece,) = cut(TOKENIZER, [one])
    (evidence,) = one.evidence
    inside = {token for token, _ in piece.tags}
    for token, (a, b) in enumerate(piece.window.offsets, 1):
        shared = set(range(a, b)) & set(range(evidence.start, evidence.end))
        assert (token in inside) == bool(shared) or a == b


def test_a_long_turn_has_its_targets_where_the_evidence_lies() -> None:
    one = example("a " * (TEXT_TOKENS + 20) + "<tenure>customer</tenure>")
    pieces = cut(TOKENIZER, [example("b"), one])
    assert [piece.example for piece in pieces] == [0, 1, 1]
    assert [bool(piece.tags) for piece in pieces] == [False, False, True]


def test_evidence_at_a_seam_is_in_both_windows() -> None:
    one = example("a " * (STRIDE + 5) + "<tenure>customer</tenure>" + " b" * 100)
    first, second = cut(TOKENIZER, [one])
    assert tagged(first, one.text) == tagged(second, one.text) == {Label.TENURE: ["customer"]}


WRITTEN = Shown(without_context=0, rough=0, joined=0)


def test_an_epoch_without_changes_shows_what_is_written() -> None:
    examples = [example("a B, <tenure>c</tenure>", context="x y"), example("b")]
    assert as_shown(TOKENIZER, examples, WRITTEN, random.Random(1)) == cut(TOKENIZER, examples)


def test_the_context_can_be_dropped() -> None:
    shown = as_shown(TOKENIZER, [example("a", context="x y")], replace(WRITTEN, without_context=1), random.Random(1))
    assert shown == cut(TOKENIZER, [example("a")])


def test_joined_turns_carry_the_evidence_of_both_and_the_context_of_the_first() -> None:
    first = example("I am <frustration>ridiculous</frustration>", context="Yes?")
    second = example("a <tenure>customer</tenure> b", context="No?")
    one = joined(first, second)
    assert one.text == "I am ridiculous a customer b"
    assert one.context == "Yes?"
    assert {e.label: one.text[e.start : e.end] for e in one.evidence} == {
        Label.FRUSTRATION: "ridiculous",
        Label.TENURE: "customer",
    }
    assert one.labels == {Label.FRUSTRATION, Label.TENURE}


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [(True, None, True), (False, True, True), (False, False, False), (None, False, None), (None, None, None)],
)
def test_two_turns_as_one_are_unhappy_when_one_is(first: bool | None, second: bool | None, both: bool | None) -> None:
    assert joined(replace(example("a"), unhappy=first), replace(example("b"), unhappy=second)).unhappy is both


def test_a_batch_knows_what_is_annotated_and_what_tone_was_said() -> None:
    turns = [
        replace(example("a"), unhappy=True),
        replace(example("b"), unhappy=False, judged=frozenset()),
        example("c"),
    ]
    one = collate(cut(TOKENIZER, turns))
    assert one.judged.any(-1).tolist() == [True, False, True]
    assert one.tones[:2].tolist() == [1.0, 0.0]
    assert one.tones[2].isnan()


def test_every_window_of_a_long_turn_has_its_tone() -> None:
    pieces = cut(TOKENIZER, [replace(example("a " * (2 * TEXT_TOKENS)), unhappy=True)])
    assert len(pieces) > 1
    assert {piece.unhappy for piece in pieces} == {True}


def test_every_turn_is_shown_once_alone_or_with_one_of_its_kind() -> None:
    examples = [example(f"{'a ' * n}b", Speaker.AGENT if n % 2 else Speaker.CUSTOMER) for n in range(41)]
    shown = as_shown(TOKENIZER, examples, replace(WRITTEN, joined=1), random.Random(3))
    tokens = sum(len(piece.window.offsets) for piece in shown)
    assert tokens == sum(n + 1 for n in range(41))
    assert len(shown) == 10 + 10 + 1  # 21 customers, 20 agents
    assert Counter(piece.utterance.speaker for piece in shown) == {Speaker.CUSTOMER: 11, Speaker.AGENT: 10}
    assert sum(piece.example is None for piece in shown) == 20


def test_a_joined_turn_has_no_meaning_of_its_own() -> None:
    shown = as_shown(TOKENIZER, [example("a"), example("b")], replace(WRITTEN, joined=1), random.Random(3))
    assert collate(shown).examples.tolist() == [-1]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_of_rough_turns_is_about_what_was_asked(share: float) -> None:
    examples = [example("a, b.")] * 400
    shown = as_shown(TOKENIZER, examples, replace(WRITTEN, rough=share), random.Random(3))
    plain = cut(TOKENIZER, examples[:1])[0].window.ids
    assert sum(piece.window.ids != plain for piece in shown) / 400 == pytest.approx(share, abs=0.06)


@given(st.text(), st.integers(0, 100))
def test_roughening_keeps_length_letters_and_offsets(text: str, seed: int) -> None:
    evidence = (Evidence(Label.TENURE, 0, max(1, len(text) // 2)),)
    one = Example("x", "x", Speaker.CUSTOMER, Language.ENGLISH, text, "Yes?", evidence)
    rough = roughened(one, random.Random(seed))
    assert len(rough.text) == len(text)
    assert rough.evidence == evidence
    assert rough.context == "Yes?"
    for before, after in zip(text, rough.text, strict=True):
        if before.isalnum():
            assert after in (before, before.lower())
        else:
            assert after == before or after == " "


@pytest.mark.parametrize(
    ("text", "rough"),
    [
        ("Hello, World!", "hello  world "),
        ("I can't: $5 (50%)", "i can't  $5  50% "),
        ("@Shop #fail", "@shop #fail"),
        ("سلام، نمی\u200cخوام", "سلام  نمی خوام"),
        ("İstanbul", "İstanbul"),
    ],
)
def test_roughening_drops_signs_and_mostly_capitals(text: str, rough: str) -> None:
    one = Example("x", "x", Speaker.CUSTOMER, Language.ENGLISH, text)
    texts = Counter(roughened(one, random.Random(seed)).text for seed in range(100))
    assert texts.most_common(1)[0][0] == rough
    assert {one.lower() for one in texts} == {rough.lower()}


def test_capitals_are_kept_now_and_then() -> None:
    one = Example("x", "x", Speaker.CUSTOMER, Language.ENGLISH, "NO")
    kept = sum(roughened(one, random.Random(seed)).text == "NO" for seed in range(300))
    assert 30 < kept < 90


@pytest.mark.parametrize(
    ("speaker", "families"),
    [
        (Speaker.CUSTOMER, (Family.DISSATISFACTION, Family.LOYALTY)),
        (Speaker.AGENT, (Family.CONDUCT,)),
    ],
)
def test_only_labels_of_the_speaker_count(speaker: Speaker, families: tuple[Family, ...]) -> None:
    batch = collate(cut(TOKENIZER, [example("a b", speaker)]))
    counted = [bool(value) for value in batch.counts[0]]
    assert counted[: len(LABELS)] == [label.family in families for label in LABELS]
    assert counted[len(LABELS) :] == [speaker is Speaker.CUSTOMER] * 2


@pytest.mark.parametrize(
    ("marked", "speaker", "targets", "heads"),
    [
        pytest.param("a", Speaker.CUSTOMER, set(), [0, 0], id="none"),
        pytest.param("<frustration>a</frustration>", Speaker.CUSTOMER, {Label.FRUSTRATION}, [1, 0], id="dissatisfied"),
        pytest.param("<tenure>a</tenure>", Speaker.CUSTOMER, {Label.TENURE}, [0, 1], id="loyal"),
        pytest.param(
            "<tenure>a</tenure><churn_threat>b</churn_threat>",
            Speaker.CUSTOMER,
            {Label.TENURE, Label.CHURN_THREAT},
            [1, 1],
            id="both",
        ),
        pytest.param("<refusal>a</refusal>", Speaker.AGENT, {Label.REFUSAL}, [0, 0], id="the agent"),
    ],
)
def test_targets_are_the_labels_and_their_families(
    marked: str, speaker: Speaker, targets: set[Label], heads: list[int]
) -> None:
    batch = collate(cut(TOKENIZER, [example(marked, speaker)]))
    row = batch.targets[0].tolist()
    assert {label for label, value in zip(LABELS, row, strict=False) if value} == targets
    assert row[len(LABELS) :] == heads
    assert {LABELS[label] for _, label in batch.tags[0].nonzero().tolist()} == targets


def test_a_batch_pads_and_keeps_its_rows_apart() -> None:
    pieces = cut(TOKENIZER, [example("<tenure>a</tenure>"), example("a b <frustration>c</frustration>")])
    batch = collate(pieces)
    assert batch.ids.shape == batch.mask.shape == batch.types.shape == (2, 5)
    assert batch.tags.shape == (2, 5, len(LABELS))
    assert batch.targets.shape == batch.counts.shape == (2, len(LABELS) + 2)
    assert batch.mask.tolist() == [[1, 1, 1, 0, 0], [1] * 5]
    assert batch.tags.nonzero().tolist() == [
        [0, 1, LABELS.index(Label.TENURE)],
        [1, 3, LABELS.index(Label.FRUSTRATION)],
    ]
    assert batch.examples.tolist() == [0, 1]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=25), st.integers(1, 6), st.integers(0, 9))
def test_batches_hold_every_piece_exactly_once(lengths: list[int], size: int, seed: int) -> None:
    pieces = cut(TOKENIZER, [example(("a " * n).strip()) for n in lengths])
    made = list(batches(pieces, size, random.Random(seed)))
    assert all(1 <= len(batch.examples) <= size for batch in made)
    seen = Counter(
        (int(number), tuple(ids[mask.bool()].tolist()))
        for batch in made
        for number, ids, mask in zip(batch.examples, batch.ids, batch.mask, strict=True)
    )
    assert seen == Counter((piece.example, piece.window.ids) for piece in pieces)


def test_windows_of_like_length_share_a_batch() -> None:
    pieces = cut(TOKENIZER, [example(("a " * n).strip()) for n in [3, 100] * 20])
    for batch in batches(pieces, 10, random.Random(3)):
        assert len(set(batch.mask.sum(1).tolist())) == 1


def test_epochs_differ_by_their_random_numbers_alone() -> None:
    pieces = cut(TOKENIZER, [example("a " * n + "b") for n in range(30)])
    orders = [[batch.examples.tolist() for batch in batches(pieces, 4, random.Random(seed))] for seed in (1, 1, 2)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_families_of_heads_are_those_of_the_taxonomy() -> None:
    for head, family in enumerate((Family.DISSATISFACTION, Family.LOYALTY)):
        for label in labels_of(family):
            batch = collate(cut(TOKENIZER, [example(f"<{label}>a</{label}>")]))
            assert batch.targets[0, len(LABELS) :].tolist() == [float(head == 0), float(head == 1)]
