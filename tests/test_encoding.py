from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizer import tiny_tokenizer

from csr_assist.detector.encoding import PAD, START, STOP, batch, windows

TOKENIZER = tiny_tokenizer()
LETTERS = st.text(alphabet="abcd  \t\n\u00a0\u200c\u3000.,'äﬁ½…واقعاً😡İ", max_size=60)
TEXTS = st.one_of(st.text(max_size=60), LETTERS, LETTERS.map(lambda text: (text + " ") * 20))


def id_of(piece: str) -> int:
    found = TOKENIZER.token_to_id(piece)
    assert found is not None
    return found


def said(letter: str, times: int) -> str:
    """A text of exactly ``times`` pieces."""
    return " ".join(letter * times)


@pytest.mark.parametrize(
    ("tokens", "starts"),
    [
        pytest.param(0, [0], id="nothing is one empty window"),
        pytest.param(1, [0], id="one piece"),
        pytest.param(160, [0], id="exactly one window"),
        pytest.param(161, [0, 128], id="one piece too many"),
        pytest.param(288, [0, 128], id="exactly two windows"),
        pytest.param(289, [0, 128, 256], id="three"),
    ],
)
def test_long_turns_are_read_in_overlapping_windows(tokens: int, starts: list[int]) -> None:
    text = said("a", tokens)
    cut = windows(TOKENIZER, text)
    assert [window.offsets[0][0] // 2 if window.offsets else 0 for window in cut] == starts
    assert all(len(window.offsets) <= 160 for window in cut)
    seen = {a // 2 for window in cut for a, _ in window.offsets}
    assert seen == set(range(tokens))


def test_a_window_is_turn_then_context() -> None:
    (window,) = windows(TOKENIZER, "a b", context="x")
    assert window.ids == (START, id_of("▁a"), id_of("▁b"), STOP, id_of("▁x"), STOP)
    assert window.types == (0, 0, 0, 0, 1, 1)
    assert window.offsets == ((0, 1), (2, 3))


def test_without_context_there_is_no_second_part() -> None:
    (window,) = windows(TOKENIZER, "a b")
    assert window.ids == (START, id_of("▁a"), id_of("▁b"), STOP)
    assert window.types == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        pytest.param(said("x", 32), "x" * 32, id="all of 32"),
        pytest.param(f"y {said('x', 32)}", "x" * 32, id="the first of 33 goes"),
        pytest.param(f"{said('y', 100)} {said('x', 31)}", "y" + "x" * 31, id="the last words of a long one"),
        pytest.param(f"{'z' * 1000} x y", None, id="a very long one is cut by characters first"),
    ],
)
def test_the_end_of_the_context_is_kept(context: str, kept: str | None) -> None:
    (window,) = windows(TOKENIZER, "a", context)
    tail = list(window.ids[3:-1])
    assert len(tail) == window.types.count(1) - 1 <= 32
    if kept is None:
        assert tail[-2:] == [id_of("▁x"), id_of("▁y")]
    else:
        assert tail == [id_of(f"▁{letter}") for letter in kept]


def test_every_window_of_a_long_turn_carries_the_context() -> None:
    cut = windows(TOKENIZER, said("a", 400), context="x y")
    assert len(cut) == 3
    assert all(window.ids[-3:] == (id_of("▁x"), id_of("▁y"), STOP) for window in cut)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("  a   b ", ["a", "b"], id="blanks around"),
        pytest.param("a\n\tb", ["a", "b"], id="line end and tab"),
        pytest.param("six years", ["six", "years"], id="words"),
        pytest.param("ridiculous", ["ridic", "ulous"], id="pieces of a word"),
        pytest.param("واقعاً", ["واقعا", "ً"], id="a mark of its own"),
        pytest.param("a ½ b", ["a", "½", "b"], id="what the tokenizer spells out"),
    ],
)
def test_offsets_show_the_words_without_blanks(text: str, words: list[str]) -> None:
    (window,) = windows(TOKENIZER, text)
    shown = list(dict.fromkeys((a, b) for a, b in window.offsets if b > a))
    assert [text[a:b] for a, b in shown] == words


@given(TEXTS, TEXTS)
def test_offsets_lie_inside_the_text_and_belong_to_the_turn(text: str, context: str) -> None:
    for window in windows(TOKENIZER, text, context):
        assert len(window.ids) == len(window.types)
        assert window.ids[1 + len(window.offsets)] == STOP
        assert set(window.types[: len(window.offsets) + 2]) == {0}
        for a, b in window.offsets:
            assert 0 <= a <= b <= len(text)
            assert a == b or not text[a].isspace()


@given(TEXTS)
def test_every_character_of_a_token_is_in_some_window(text: str) -> None:
    whole = TOKENIZER.encode(text, add_special_tokens=False)
    visible = {i for a, b in whole.offsets for i in range(a, b) if not text[i].isspace()}
    seen = {i for window in windows(TOKENIZER, text) for a, b in window.offsets for i in range(a, b)}
    assert visible <= seen


@given(TEXTS, TEXTS)
def test_the_context_does_not_change_how_the_turn_is_cut(text: str, context: str) -> None:
    assert [w.offsets for w in windows(TOKENIZER, text, context)] == [w.offsets for w in windows(TOKENIZER, text)]


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_batch_holds_each_window_and_pads_the_rest(texts: list[str]) -> None:
    cut = [window for text in texts for window in windows(TOKENIZER, text, context="x")]
    ids, mask, types = batch(cut)
    assert ids.shape == mask.shape == types.shape == (len(cut), max(len(window.ids) for window in cut))
    assert ids.dtype == mask.dtype == types.dtype == np.int64
    for row, window in enumerate(cut):
        n = len(window.ids)
        assert tuple(ids[row, :n]) == window.ids
        assert tuple(types[row, :n]) == window.types
        assert mask[row].tolist() == [1] * n + [0] * (ids.shape[1] - n)
        assert set(ids[row, n:].tolist()) <= {PAD}
        assert not types[row, n:].any()


@pytest.mark.parametrize(
    ("written", "same"),
    [
        pytest.param("علي كريم", "علی کریم", id="Arabic letters on a Persian keyboard"),
        pytest.param("we can’t", "we can't", id="typographic apostrophe"),
        pytest.param("‘a’", "'a'", id="single quotes"),
    ],
)
def test_spellings_that_mean_the_same_are_read_alike(written: str, same: str) -> None:
    assert windows(TOKENIZER, written) == windows(TOKENIZER, same)
    assert windows(TOKENIZER, "a", written) == windows(TOKENIZER, "a", same)
