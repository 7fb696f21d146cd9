"""A Unigram tokenizer of a few dozen pieces that works as the shipped one does: no download, no model."""

from __future__ import annotations

import string

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Replace, Sequence
from tokenizers.pre_tokenizers import Metaspace

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
WORDS = ("▁customer", "▁for", "▁years", "▁the", "▁six", "▁with", "▁ridic", "ulous", "▁واقعا", "ing", "ed")
LETTERS = (*string.ascii_letters, *string.digits, *".,!?'", *"آابپتثجچحخدذرزسشصضطظعغفقکگلمنوهیً")


def tiny_tokenizer(more: tuple[str, ...] = ()) -> Tokenizer:
    """Specials in rows 0 to 3, then the blank, words and single letters; one letter words are one piece."""
    ones = tuple(f"▁{letter}" for letter in "abcdxyz")
    scored = [(piece, 0.0) for piece in SPECIAL]
    scored += [("▁", -4.0)] + [(piece, -5.0) for piece in (*WORDS, *more)]
    scored += [(piece, -6.0) for piece in ones] + [(piece, -8.0) for piece in LETTERS]
    tokenizer = Tokenizer(Unigram(scored, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = Sequence([NFKC(), Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = Metaspace()
    tokenizer.add_special_tokens(list(SPECIAL[:3]))
    return tokenizer
