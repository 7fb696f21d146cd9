from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from csr_assist.errors import CsrAssistError
from csr_assist.evaluation.rivals import Judgement, Keywords, Question, TextBlobPolarity, Vader, all_rivals
from csr_assist.labels import Family, Label


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        pytest.param("This is RIDICULOUS and rude", Family.DISSATISFACTION, 2, id="two words, any case"),
        pytest.param("rude rude Rude", Family.DISSATISFACTION, 1, id="one word counts once"),
        pytest.param("a crude joker", Family.DISSATISFACTION, 0, id="whole words only"),
        pytest.param("Still waiting!", Family.DISSATISFACTION, 1, id="two words as one"),
        pytest.param("pelayanannya sangat mengecewakan", Family.DISSATISFACTION, 1, id="Indonesian"),
        pytest.param("واقعا افتضاح بود", Family.DISSATISFACTION, 1, id="Persian"),
        pytest.param("I've been a customer for six years", Family.LOYALTY, 1, id="loyalty"),
        pytest.param("I've been a customer for six years", Family.DISSATISFACTION, 0, id="loyalty is no complaint"),
        pytest.param("we can’t do that", Label.REFUSAL, 1, id="typographic apostrophe"),
        pytest.param("I am switching to another provider", Label.CHURN_THREAT, 2, id="churn"),
        pytest.param("", Family.DISSATISFACTION, 0, id="nothing"),
    ],
)
def test_keywords_are_counted_by_question(text: str, question: Question, found: int) -> None:
    assert Keywords().judge(text, question) == Judgement(float(found), found > 0)


@pytest.mark.parametrize("rival", [Vader(), TextBlobPolarity()], ids=lambda rival: rival.name)
def test_lexicons_rank_the_worse_text_first(rival: Vader | TextBlobPolarity) -> None:
    worst, plain, best = (
        rival.judge(text, Family.DISSATISFACTION)
        for text in ("This is a terrible, horrible company", "My number is 42", "Great, I am very happy")
    )
    assert worst.score > plain.score > best.score
    assert (worst.yes, plain.yes, best.yes) == (True, False, False)


def test_lexicons_know_no_question() -> None:
    assert Vader().judge("a bad day", Label.REFUSAL) == Vader().judge("a bad day", Family.LOYALTY)


def test_all_rivals_have_names_of_their_own() -> None:
    assert [rival.name for rival in all_rivals()] == ["VADER", "TextBlob", "keywords"]


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("textblob"):
            raise ImportError(name=name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "textblob", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CsrAssistError, match=r"pip install 'csr-assist\[evaluate\]' \(textblob"):
        all_rivals()
