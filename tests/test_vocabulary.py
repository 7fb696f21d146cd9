from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizer import SPECIAL, tiny_tokenizer
from tokenizers import Tokenizer

from csr_assist.training.vocabulary import frequent_words, kept_pieces, prune

# Long pieces, and short ones of scripts that are none of the three languages'.
BASE = tiny_tokenizer(more=("▁telephone", "▁Straßenbahn", "д", "▁привет", "漢", "▁سلام", "€", "😡"))


def pieces_of(tokenizer: Tokenizer) -> list[str]:
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)


PIECES = pieces_of(BASE)


def kept(*texts: str) -> list[str]:
    return [PIECES[i] for i in kept_pieces(BASE, PIECES, texts)]


def saved(folder: Path) -> Path:
    path = folder / "base.json"
    BASE.save(str(path))
    return path


@pytest.mark.parametrize(
    ("piece", "texts", "stays"),
    [
        ("▁telephone", ["my telephone"], True),
        ("▁telephone", ["my phone"], False),
        ("▁سلام", ["سلام"], True),
        ("▁سلام", ["سلا"], False),
        ("ulous", ["so ridiculous"], True),
        ("ulous", [], False),
        ("a", [], True),
        ("▁a", [], True),
        ("ed", [], True),
        ("ing", [], False),
        ("▁", [], True),
        ("م", [], True),
        ("ً", [], True),
        ("€", [], True),
        ("😡", [], True),
        ("д", [], False),
        ("д", ["д"], True),
        ("漢", [], False),
        ("▁привет", ["привет"], True),
    ],
)
def test_pieces_stay_when_used_or_short_enough_to_spell(piece: str, texts: list[str], stays: bool) -> None:
    assert (piece in kept(*texts)) is stays


@given(st.lists(st.text(max_size=30) | st.sampled_from(["my telephone", "привет", "سلام واقعاً"]), max_size=4))
def test_kept_rows_ascend_from_the_special_ones(texts: list[str]) -> None:
    rows = kept_pieces(BASE, PIECES, texts)
    assert rows[:4] == [0, 1, 2, 3]
    assert [PIECES[i] for i in rows[:4]] == list(SPECIAL)
    assert all(a < b for a, b in pairwise(rows))
    assert rows[-1] < len(PIECES)


def test_rows_ascend_also_in_a_large_vocabulary() -> None:
    large = tiny_tokenizer(more=tuple(f"▁filler{n}" for n in range(5000)))
    rows = kept_pieces(large, pieces_of(large), ["filler4711 filler7 filler2300"])
    assert rows == sorted(rows)
    assert {large.token_to_id(f"▁filler{n}") for n in (7, 2300, 4711)} <= set(rows)


def test_texts_may_be_read_once() -> None:
    assert kept_pieces(BASE, PIECES, (text for text in ["my telephone"])) == kept_pieces(BASE, PIECES, ["my telephone"])


TEXTS = ["my telephone is ridiculous", "سلام، واقعاً شش سال", "for six years with the customer"]


def test_a_pruned_tokenizer_cuts_the_texts_as_before(tmp_path: Path) -> None:
    rows = prune(saved(tmp_path), tmp_path / "cut.json", TEXTS, words_per_language=20)
    small = Tokenizer.from_file(str(tmp_path / "cut.json"))
    assert small.get_vocab_size() == len(rows) < len(PIECES)
    for text in TEXTS:
        before, after = (t.encode(text, add_special_tokens=False) for t in (BASE, small))
        assert after.tokens == before.tokens
        assert after.offsets == before.offsets
        assert [rows[i] for i in after.ids] == before.ids


def test_special_pieces_keep_their_rows(tmp_path: Path) -> None:
    prune(saved(tmp_path), tmp_path / "cut.json", [], words_per_language=1)
    small = Tokenizer.from_file(str(tmp_path / "cut.json"))
    assert [small.id_to_token(i) for i in range(4)] == list(SPECIAL)
    assert small.encode("漢", add_special_tokens=False).ids[-1] == 3
    assert small.encode("a").ids == small.encode("a", add_special_tokens=False).ids


def test_what_was_pruned_is_spelled_with_what_is_left(tmp_path: Path) -> None:
    prune(saved(tmp_path), tmp_path / "cut.json", [], words_per_language=1)
    small = Tokenizer.from_file(str(tmp_path / "cut.json"))
    assert "▁telephone" not in small.get_vocab()
    encoding = small.encode("telephone", add_special_tokens=False)
    assert "".join(encoding.tokens) == "▁telephone"
    assert 3 not in encoding.ids


def test_frequent_words_keep_their_pieces(tmp_path: Path) -> None:
    prune(saved(tmp_path), tmp_path / "cut.json", [], words_per_language=50)
    vocabulary = Tokenizer.from_file(str(tmp_path / "cut.json")).get_vocab()
    assert "▁for" in vocabulary
    assert "▁ridic" not in vocabulary


def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    spec = json.loads(saved(tmp_path).read_text(encoding="utf-8"))
    spec["model"]["type"] = "BPE"
    path = tmp_path / "bpe.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    with pytest.raises(ValueError, match="a Unigram tokenizer is needed, this is BPE") as caught:
        prune(path, tmp_path / "cut.json", [])
    assert str(path) in str(caught.value)
    assert not (tmp_path / "cut.json").exists()


def test_frequent_words_are_of_all_three_languages() -> None:
    words = frequent_words(30)
    assert len(words) == 90
    assert {"the", "yang", "در"} <= set(words)
