from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csr_assist.cues import Cue
from csr_assist.detector.onnx import trouble_in
from csr_assist.detector.spans import SECOND, spans
from csr_assist.labels import Label

LABEL = Label.FRUSTRATION


def pieces(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """``a| b`` as text and the pieces' offsets, leading blanks left out as the encoding does."""
    text, offsets = "", []
    for piece in marked.split("|"):
        blank = len(piece) - len(piece.lstrip(" "))
        offsets.append((len(text) + blank, len(text) + len(piece)))
        text += piece
    return text, offsets


def found(marked: str, tags: list[float]) -> list[str]:
    text, offsets = pieces(marked)
    return [cue.text for cue in spans(text, offsets, np.array(tags), LABEL, 0.8)]


@pytest.mark.parametrize(
    ("marked", "tags", "expected"),
    [
        pytest.param("it| is| fun", [0.0, 0.0, 0.9], ["fun"], id="one word"),
        pytest.param("it| is| ridic|ulous", [0.0, 0.0, 0.9, 0.0], ["ridiculous"], id="the first piece of a word"),
        pytest.param("it| is| ridic|ulous", [0.0, 0.0, 0.0, 0.9], ["ridiculous"], id="the last piece of a word"),
        pytest.param("so| ri|dic|ulous| now", [0.0, 0.0, 0.9, 0.0, 0.0], ["ridiculous"], id="the middle of a word"),
        pytest.param("ri|dic|u|lou|s", [0.9, 0.0, 0.0, 0.0, 0.9], ["ridiculous"], id="both ends of one word, once"),
        pytest.param("don|'|t| go", [0.9, 0.0, 0.0, 0.0], ["don't"], id="apostrophe"),
        pytest.param("don|’|t| go", [0.9, 0.0, 0.0, 0.0], ["don’t"], id="curly apostrophe"),
        pytest.param("on| time|-|out", [0.0, 0.9, 0.0, 0.0], ["time"], id="a hyphen ends a word"),
        pytest.param("from|@|me", [0.9, 0.0, 0.0], ["from"], id="so does any other sign"),
    ],
)
def test_spans_are_whole_words(marked: str, tags: list[float], expected: list[str]) -> None:
    assert found(marked, tags) == expected


@pytest.mark.parametrize(
    ("marked", "tags", "expected"),
    [
        pytest.param("a| b| c| d", [0.9, 0.0, 0.0, 0.9], ["a b c d"], id="two tokens are bridged"),
        pytest.param("a| b| c| d| e", [0.9, 0.0, 0.0, 0.0, 0.9], ["a", "e"], id="three are not"),
        pytest.param("a| b| c| d| e", [0.5, 0.6, 0.9, 0.6, 0.5], ["a b c d e"], id="a slope is one span"),
        pytest.param("a| b| c", [0.46, 0.9, 0.44], ["a b"], id="the edge is at 0.5 of the best"),
        pytest.param("a| b| c", [0.046, 0.09, 0.044], ["a b"], id="the edge follows the best, however low"),
        pytest.param("a| b| c| d| e", [0.9, 0.0, 0.0, 0.0, 0.82], ["a", "e"], id="a second span from 0.9 of the best"),
        pytest.param("a| b| c| d| e", [0.9, 0.0, 0.0, 0.0, 0.62], ["a"], id="a weaker one is dropped"),
        pytest.param("a| b| c| d| e", [0.62, 0.0, 0.0, 0.0, 0.9], ["e"], id="also when it comes first"),
        pytest.param("a| b", [0.0, 0.0], ["a b"], id="nothing tagged: the turn is the evidence"),
    ],
)
def test_spans_reach_as_far_as_the_tags(marked: str, tags: list[float], expected: list[str]) -> None:
    assert found(marked, tags) == expected


@pytest.mark.parametrize(
    ("marked", "tags", "expected"),
    [
        pytest.param("it| broke|.", [0.0, 0.9, 0.9], ["broke"], id="full stop"),
        pytest.param("it|,| broke|;", [0.0, 0.9, 0.9, 0.9], ["broke"], id="signs on both sides"),
        pytest.param("it| broke|...|\n", [0.0, 0.9, 0.9, 0.9], ["broke"], id="many signs and a line end"),
        pytest.param("it|,| broke", [0.9, 0.9, 0.9], ["it, broke"], id="a comma inside stays"),
        pytest.param("what|?|!", [0.9, 0.9, 0.9], ["what?!"], id="tone stays"),
        pytest.param("هزینه|،| چرا", [0.9, 0.9, 0.0], ["هزینه"], id="Persian comma"),
        pytest.param("هزینه|؛", [0.9, 0.9], ["هزینه"], id="Persian semicolon"),
        pytest.param(".|.|.", [0.9, 0.9, 0.9], ["."], id="nothing but signs is never empty"),
    ],
)
def test_punctuation_at_the_ends_is_left_out(marked: str, tags: list[float], expected: list[str]) -> None:
    assert found(marked, tags) == expected


@pytest.mark.parametrize(
    ("marked", "tags", "expected"),
    [
        pytest.param("نمی|\u200c|خوام", [0.9, 0.0, 0.0], ["نمی\u200cخوام"], id="half space after the piece"),
        pytest.param("نمی|\u200c|خوام", [0.0, 0.0, 0.9], ["نمی\u200cخوام"], id="half space before the piece"),
        pytest.param("نمی| خوام", [0.9, 0.0], ["نمی"], id="a full space ends a word"),
        pytest.param("واقعا|ً| بده", [0.9, 0.0, 0.0], ["واقعاً"], id="a mark at the end of a word"),
        pytest.param("بچ|ّ|ه| بد", [0.9, 0.0, 0.0, 0.0], ["بچّه"], id="a mark inside a word"),
        pytest.param("بچ|ّ|ه| بد", [0.0, 0.0, 0.9, 0.0], ["بچّه"], id="a mark inside, from the end"),
    ],
)
def test_persian_words_stay_whole(marked: str, tags: list[float], expected: list[str]) -> None:
    assert found(marked, tags) == expected


@pytest.mark.parametrize("offsets", [[], [(0, 0)], [(2, 2), (3, 3)]], ids=["no token", "one blank", "blanks"])
def test_without_a_visible_token_there_is_no_span(offsets: list[tuple[int, int]]) -> None:
    assert spans("abc", offsets, np.full(len(offsets), 0.9), LABEL, 0.8) == []


def test_a_blank_token_does_not_count_as_the_best() -> None:
    text, offsets = pieces("a| b| c| d")
    offsets[3] = (8, 8)
    assert [cue.text for cue in spans(text, offsets, np.array([0.2, 0.0, 0.0, 0.9]), LABEL, 0.8)] == ["a"]


def test_label_and_probability_are_passed_on() -> None:
    text, offsets = pieces("it| broke")
    assert spans(text, offsets, np.array([0.0, 0.9]), Label.OPTION, 0.77) == [Cue(Label.OPTION, 3, 8, "broke", 0.77)]


CHARACTERS = st.sampled_from(list("abcdeXYZ012 '’.,;:!?-\n\u200c،؛واقعاًّ😡"))


@st.composite
def tagged(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], list[float]]:
    text = draw(st.text(CHARACTERS, min_size=1, max_size=40))
    borders = sorted(draw(st.sets(st.integers(1, len(text)), max_size=15)) | {0, len(text)})
    offsets = []
    for a, b in pairwise(borders):
        blank = len(text[a:b]) - len(text[a:b].lstrip())
        offsets.append((a + blank, b))
    tags = draw(st.lists(st.floats(0, 1), min_size=len(offsets), max_size=len(offsets)))
    return text, offsets, tags


@given(tagged())
def test_spans_lie_inside_the_text_and_show_something(case: tuple[str, list[tuple[int, int]], list[float]]) -> None:
    text, offsets, tags = case
    cues = spans(text, offsets, np.array(tags), LABEL, 0.8)
    assert bool(cues) == any(b > a for a, b in offsets)
    for cue in cues:
        assert 0 <= cue.start < cue.end <= len(text)
        assert cue.text == text[cue.start : cue.end]


@given(tagged())
def test_no_word_is_cut(case: tuple[str, list[tuple[int, int]], list[float]]) -> None:
    text, offsets, tags = case
    inside = {at for word in re.finditer(r"\w+", text) for at in range(word.start() + 1, word.end())}
    for cue in spans(text, offsets, np.array(tags), LABEL, 0.8):
        assert cue.start not in inside
        assert cue.end not in inside


@given(tagged())
def test_one_of_the_best_words_is_always_shown_whole(case: tuple[str, list[tuple[int, int]], list[float]]) -> None:
    """Not each of them: a few words beside a long clause of like weight say little alone."""
    text, offsets, tags = case
    visible = [(tag, a, b) for tag, (a, b) in zip(tags, offsets, strict=True) if b > a]
    assume(visible)
    best = [(a, b) for tag, a, b in visible if tag >= SECOND * max(visible)[0]]
    cues = spans(text, offsets, np.array(tags), LABEL, 0.8)
    shown = {place for cue in cues for place in range(cue.start, cue.end)}
    assert any(shown.issuperset(i for i in range(a, b) if text[i].isalnum()) for a, b in best)


UPSET = (Label.FRUSTRATION, 60, "I am fed up")


@pytest.mark.parametrize(
    ("cues", "words"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([(Label.VALUE_COMPLAINT, 0, "you charged me twice")], "", id="all of it is about the trouble"),
        pytest.param(
            [(Label.VALUE_COMPLAINT, 0, "you charged me twice"), UPSET], "you charged me twice", id="a trouble"
        ),
        pytest.param([(Label.TENURE, 0, "six years with you"), UPSET], "", id="none"),
        pytest.param([(Label.SERVICE_FAILURE, 0, "it broke"), UPSET], "", id="too few words to tell"),
        pytest.param(
            [UPSET, (Label.SERVICE_FAILURE, 30, "it broke"), (Label.BROKEN_PROMISE, 0, "you said Monday")],
            "you said Monday, it broke",
            id="in their order",
        ),
        pytest.param(
            [(Label.SERVICE_FAILURE, 0, "the router broke again"), (Label.UNFAIR_TREATMENT, 11, "broke again"), UPSET],
            "the router broke again",
            id="one in the other",
        ),
        pytest.param(
            [
                (Label.SERVICE_FAILURE, 0, "the router broke again"),
                (Label.UNFAIR_TREATMENT, 11, "broke again, as always"),
            ],
            "",
            id="all of it, though they overlap",
        ),
        pytest.param(
            [
                (Label.SERVICE_FAILURE, 0, "the router broke again"),
                (Label.UNFAIR_TREATMENT, 11, "broke again, as always"),
                UPSET,
            ],
            "the router broke again, as always",
            id="one begins in the other",
        ),
    ],
)
def test_what_the_trouble_is(cues: list[tuple[Label, int, str]], words: str) -> None:
    assert trouble_in([Cue(label, at, at + len(text), text, 0.9) for label, at, text in cues]) == words


def test_of_a_turn_of_several_windows_the_trouble_is_read_alone() -> None:
    cue = Cue(Label.SERVICE_FAILURE, 900, 922, "the router broke again", 0.9)
    assert trouble_in([cue]) == ""
    assert trouble_in([cue], alone=True) == "the router broke again"
    assert trouble_in([], alone=True) == ""
