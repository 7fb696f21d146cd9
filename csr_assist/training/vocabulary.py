"""Cut the base tokenizer's 250,000 pieces down to those that three languages use.

96 of the base's 118 million parameters are the vocabulary's vectors. A piece stays when the tokenizer
uses it for a frequent word of a language (the lists of wordfreq, CC BY-SA 4.0) or for a training text, or
when it is short enough to spell anything else: a unigram tokenizer falls back to shorter pieces by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

SPECIAL = 4
"""Rows 0..3 of the base: ``<s> <pad> </s> <unk>``; they keep their places."""
LONGEST_SPELLING_PIECE = 2
_SCRIPTS = ((0x20, 0x250), (0x600, 0x700), (0x2000, 0x2070), (0x20A0, 0x20C0), (0x1F300, 0x1FB00), (0x2600, 0x27C0))


def frequent_words(per_language: int) -> list[str]:
    """The ``per_language`` most frequent words each of English, Indonesian and Persian."""
    from wordfreq import top_n_list

    return [word for language in ("en", "id", "fa") for word in top_n_list(language, per_language)]


def kept_pieces(tokenizer: Tokenizer, pieces: list[str], texts: Iterable[str]) -> list[int]:
    """Ids of the pieces to keep, ascending; always with the special ones and every short spelling piece."""
    used = set(range(SPECIAL))
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        used.update(encoding.ids)
    for index, piece in enumerate(pieces):
        body = piece.removeprefix("\u2581")
        if len(body) <= LONGEST_SPELLING_PIECE and all(any(a <= ord(c) < b for a, b in _SCRIPTS) for c in body):
            used.add(index)
    return sorted(i for i in used if i < len(pieces))


def prune(base: Path, out: Path, texts: Iterable[str], words_per_language: int = 30_000) -> list[int]:
    """Write the cut ``tokenizer.json`` to ``out`` and return the kept rows of the base's embedding."""
    spec = json.loads(base.read_text(encoding="utf-8"))
    if spec["model"]["type"] != "Unigram":
        raise ValueError(f"{base}: a Unigram tokenizer is needed, this is {spec['model']['type']}")
    vocabulary: list[list[object]] = spec["model"]["vocab"]
    words = frequent_words(words_per_language)
    keep = kept_pieces(
        Tokenizer.from_file(str(base)),
        [str(piece) for piece, _ in vocabulary],
        [*words, *(w.capitalize() for w in words), *texts],
    )
    spec["model"]["vocab"] = [vocabulary[i] for i in keep]
    spec["added_tokens"] = [token for token in spec["added_tokens"] if token["id"] < SPECIAL]
    spec["padding"] = spec["truncation"] = spec["post_processor"] = None
    out.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    return keep
