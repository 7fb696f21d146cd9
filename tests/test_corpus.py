from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.conversation import Language, Speaker
from csr_assist.errors import CorpusError
from csr_assist.labels import Label, labels_for
from csr_assist.training.corpus import Evidence, load_corpus, load_labels, parse_marked
from csr_assist.training.texts import texts_of

DATA = Path(__file__).parent.parent / "data"


def row(**more: Any) -> dict[str, Any]:
    return {
        "id": "calls-0001",
        "speaker": "customer",
        "language": "en",
        "channel": "call",
        "trade": "telecom",
        "context": "Account number?",
        "text": "with you <tenure>for six years</tenure>",
        **more,
    }


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in row().items() if name != key}


def write(path: Path, *rows: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


# ---- marked text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "plain", "shown"),
    [
        pytest.param("no tags", "no tags", {}, id="none"),
        pytest.param("", "", {}, id="empty"),
        pytest.param("<tenure>six years</tenure>", "six years", {"tenure": "six years"}, id="all of it"),
        pytest.param("for <tenure>six</tenure> years", "for six years", {"tenure": "six"}, id="the middle"),
        pytest.param(
            "<churn_threat>off <competitor>to Y</competitor></churn_threat>!",
            "off to Y!",
            {"churn_threat": "off to Y", "competitor": "to Y"},
            id="nested",
        ),
        pytest.param(
            "<frustration>a <tenure>b</frustration> c</tenure>",
            "a b c",
            {"frustration": "a b", "tenure": "b c"},
            id="crossing",
        ),
        pytest.param(
            "<frustration><tenure>a</tenure></frustration>", "a", {"frustration": "a", "tenure": "a"}, id="the same"
        ),
        pytest.param("1 < 2 > 0", "1 < 2 > 0", {}, id="signs that are no tags"),
        pytest.param("<3 you <B> <>", "<3 you <B> <>", {}, id="hearts and capitals are no tags"),
        pytest.param("<tenure>شش\u200cسال</tenure>ه", "شش\u200cساله", {"tenure": "شش\u200cسال"}, id="Persian"),
        pytest.param("😡<frustration>😡😡</frustration>", "😡😡😡", {"frustration": "😡😡"}, id="emoji"),
    ],
)
def test_marks_become_offsets(marked: str, plain: str, shown: dict[str, str]) -> None:
    text, evidence = parse_marked(marked, Speaker.CUSTOMER)
    assert text == plain
    assert {e.label.value: text[e.start : e.end] for e in evidence} == shown


def test_a_label_may_be_marked_twice() -> None:
    text, evidence = parse_marked("<tenure>a</tenure> b <tenure>c</tenure>", Speaker.CUSTOMER)
    assert text == "a b c"
    assert evidence == (Evidence(Label.TENURE, 0, 1), Evidence(Label.TENURE, 4, 5))


@pytest.mark.parametrize(
    ("marked", "speaker", "words"),
    [
        ("<tenur>a</tenur>", Speaker.CUSTOMER, "label 'tenur' is not one of the customer's: frustration, "),
        ("<refusal>no</refusal>", Speaker.CUSTOMER, "label 'refusal' is not one of the customer's"),
        ("<tenure>a</tenure>", Speaker.AGENT, "label 'tenure' is not one of the agent's: refusal, "),
        ("<tenure>a</tenure>", Speaker.SYSTEM, "label 'tenure' is not one of the system's"),
        ("a <br> b", Speaker.CUSTOMER, "label 'br' is not"),
        ("<tenure>a", Speaker.CUSTOMER, "<tenure> is never closed"),
        ("a</tenure>", Speaker.CUSTOMER, "</tenure> closes what was not opened"),
        ("<tenure>a</frustration>", Speaker.CUSTOMER, "</frustration> closes what was not opened"),
        ("<tenure>a<tenure>b</tenure></tenure>", Speaker.CUSTOMER, "<tenure> opens again before it closes"),
        ("a<tenure></tenure>", Speaker.CUSTOMER, "<tenure> marks no characters"),
        ("<tenure><frustration></tenure>a</frustration>", Speaker.CUSTOMER, "<tenure> marks no characters"),
    ],
)
def test_wrong_marks_say_what_is_wrong(marked: str, speaker: Speaker, words: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parse_marked(marked, speaker)
    assert words in str(caught.value)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, set[Evidence]]:
    text = draw(st.text(alphabet="ab </سب\u200c😡", min_size=1, max_size=20))
    evidence = set()
    for label in draw(st.sets(st.sampled_from(labels_for(Speaker.CUSTOMER)), max_size=4)):
        start = draw(st.integers(0, len(text) - 1))
        evidence.add(Evidence(label, start, draw(st.integers(start + 1, len(text)))))
    return text, evidence


@given(marked_texts())
def test_what_was_marked_is_read_back(case: tuple[str, set[Evidence]]) -> None:
    text, evidence = case
    marked = ""
    for at in range(len(text) + 1):
        marked += "".join(f"</{e.label}>" for e in evidence if e.end == at)
        marked += "".join(f"<{e.label}>" for e in evidence if e.start == at)
        marked += text[at : at + 1]
    plain, found = parse_marked(marked, Speaker.CUSTOMER)
    assert plain == text
    assert set(found) == evidence


# ---- the corpus -----------------------------------------------------------------------------------------------


def test_a_corpus_is_read_in_the_order_of_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", row(id="b-1"))
    write(tmp_path / "a.jsonl", row(id="a-2"), "", row(id="a-1", text="hello"))
    examples = load_corpus(tmp_path)
    assert [(e.id, e.source) for e in examples] == [("a-2", "a"), ("a-1", "a"), ("b-1", "b")]
    first, second, _ = examples
    assert (first.speaker, first.language, first.channel, first.trade) == ("customer", "en", "call", "telecom")
    assert first.context == "Account number?"
    assert first.text == "with you for six years"
    assert first.evidence == (Evidence(Label.TENURE, 9, 22),)
    assert first.labels == {Label.TENURE}
    assert second.labels == frozenset()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        pytest.param("{", "not a JSON object", id="broken JSON"),
        pytest.param("[]", "not a JSON object", id="a list"),
        pytest.param("7", "not a JSON object", id="a number"),
        *(pytest.param(without(key), f"'{key}' is missing", id=f"no {key}") for key in row()),
        pytest.param(row(speaker="caller"), "'caller'", id="unknown speaker"),
        pytest.param(row(language="de"), "'de'", id="unknown language"),
        pytest.param(row(channel="phone"), "channel 'phone' is not one of call, chat", id="unknown channel"),
        pytest.param(row(text=" \n"), "the text is empty", id="blank text"),
        pytest.param(row(text="<refusal>no</refusal>"), "label 'refusal'", id="the agent's label"),
        pytest.param(row(text="<tenure>a"), "<tenure> is never closed", id="open tag"),
        pytest.param(row(text=None), "text is None, which is no text", id="a text that is none"),
        pytest.param(row(unhappy="yes"), "unhappy 'yes' is not true or false", id="a tone that is none"),
        pytest.param(row(unhappy=None), "unhappy 'None' is not true or false", id="a tone of nothing"),
        pytest.param(row(id="calls-0000"), "id 'calls-0000' was used before, at calls.jsonl:1", id="an id again"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, bad: Any, words: str) -> None:
    write(tmp_path / "calls.jsonl", row(id="calls-0000"), "", bad)
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert str(caught.value).startswith("calls.jsonl:3: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(("said", "read"), [({"unhappy": True}, True), ({"unhappy": False}, False), ({}, None)])
def test_a_tone_may_be_said(tmp_path: Path, said: dict[str, bool], read: bool | None) -> None:
    write(tmp_path / "calls.jsonl", row(**said))
    assert [example.unhappy for example in load_corpus(tmp_path)] == [read]


def test_an_id_of_another_file_is_found_again(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", row())
    write(tmp_path / "b.jsonl", row())
    with pytest.raises(CorpusError, match=r"^b\.jsonl:1: id 'calls-0001' was used before, at a\.jsonl:1$"):
        load_corpus(tmp_path)


def test_a_folder_without_turns_is_named(tmp_path: Path) -> None:
    write(tmp_path / "void.jsonl")
    with pytest.raises(CorpusError, match="no annotated turns") as caught:
        load_corpus(tmp_path)
    assert str(tmp_path) in str(caught.value)


SHIPPED = load_corpus(DATA / "corpus")


@pytest.mark.parametrize(
    ("language", "least"), [(Language.ENGLISH, 4000), (Language.INDONESIAN, 1100), (Language.PERSIAN, 1100)]
)
def test_the_shipped_corpus_has_turns_in_every_language(language: Language, least: int) -> None:
    assert sum(example.language is language for example in SHIPPED) >= least


@pytest.mark.parametrize("language", Language)
def test_the_shipped_corpus_shows_every_label_in_every_language(language: Language) -> None:
    seen = Counter(label for e in SHIPPED if e.language is language for label in e.labels)
    assert {label.value: seen[label] for label in Label if seen[label] < 20} == {}


def test_the_shipped_corpus_marks_words_and_no_blanks() -> None:
    ragged = [e.id for e in SHIPPED for m in e.evidence if (s := e.text[m.start : m.end]) != s.strip()]
    assert ragged == []


def test_the_shipped_corpus_has_turns_without_a_cue() -> None:
    for language in Language:
        own = [example for example in SHIPPED if example.language is language]
        assert 0.2 < sum(not example.labels for example in own) / len(own) < 0.7


# ---- readings of public sets ----------------------------------------------------------------------------------


def reading(**more: Any) -> dict[str, Any]:
    return {"set": "reviews", "id": "r-1", "speaker": "customer", "language": "en", "cues": [], **more}


BODY = {"id": "r-1", "text": "Lovely. Never again, six years gone. Bye.", "context": "How was it?"}


@pytest.mark.parametrize("name", ["reviews.jsonl.gz", "reviews.jsonl"])
def test_readings_are_joined_with_their_texts(tmp_path: Path, name: str) -> None:
    write(tmp_path / "texts" / name, {"id": "r-0", "text": "another"}, BODY)
    write(tmp_path / "labels" / "reviews.jsonl", reading(cues=[["churn_threat", 8, 19]]))
    (example,) = load_labels(tmp_path / "labels", tmp_path / "texts")
    assert example.text == BODY["text"]
    assert example.context == "How was it?"
    assert (example.id, example.source, example.language) == ("r-1", "reviews", Language.ENGLISH)
    assert [example.text[e.start : e.end] for e in example.evidence] == ["Never again"]
    assert example.labels == {Label.CHURN_THREAT}


COMPLAINT = [["churn_threat", 8, 19]]


@pytest.mark.parametrize(
    ("name", "body", "read", "unhappy"),
    [
        pytest.param("finefood", {"rating": 1}, {}, True, id="one star"),
        pytest.param("finefood", {"rating": 5}, {}, False, id="five stars"),
        pytest.param("finefood", {"rating": 5}, {"cues": COMPLAINT}, None, id="five stars and a complaint"),
        pytest.param("finefood", {"rating": 1}, {"cues": COMPLAINT}, True, id="one star and a complaint"),
        pytest.param("finefood", {"rating": 3}, {}, None, id="three stars say neither"),
        pytest.param(
            "finefood", {"rating": 1}, {"sentence_start": 0, "sentence_end": 7}, None, id="stars are of the whole text"
        ),
        pytest.param("indonesian", {"sentiment": "negative"}, {}, True, id="sentiment"),
        pytest.param("indonesian", {"emotion": "love"}, {}, False, id="love"),
        pytest.param("indonesian", {"emotion": "sadness"}, {}, None, id="who is sad may be either"),
        pytest.param("goemotions", {"emotions": ["anger"]}, {}, True, id="anger at anything"),
        pytest.param("goemotions", {"emotions": ["anger", "joy"]}, {}, None, id="anger and joy"),
        pytest.param("goemotions", {"emotions": ["fear"]}, {}, False, id="who is afraid blames nobody"),
        pytest.param("banking77", {}, {}, None, id="calm as a set"),
        pytest.param("reviews", {}, {}, None, id="a set that says nothing"),
    ],
)
def test_a_set_s_own_mark_is_the_tone(
    tmp_path: Path, name: str, body: dict[str, Any], read: dict[str, Any], unhappy: bool | None
) -> None:
    write(tmp_path / "texts" / f"{name}.jsonl", {**BODY, **body})
    write(tmp_path / "labels" / f"{name}.jsonl", reading(set=name, **read))
    (example,) = load_labels(tmp_path / "labels", tmp_path / "texts")
    assert example.unhappy is unhappy


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(BODY, "finefood: text 'r-1' lacks the field 'rating'", id="no stars"),
        pytest.param({**BODY, "rating": "one"}, "finefood: text 'r-1': '<' not supported", id="stars in words"),
        pytest.param({"text": "x"}, "finefood.jsonl:1: field 'id' is missing or no text", id="no id"),
        pytest.param({"id": "r-1", "text": 7}, "finefood.jsonl:1: field 'text' is missing or no text", id="no words"),
    ],
)
def test_a_bad_text_is_named_by_its_set(tmp_path: Path, body: dict[str, Any], said: str) -> None:
    write(tmp_path / "texts" / "finefood.jsonl", body)
    write(tmp_path / "labels" / "finefood.jsonl", reading(set="finefood"))
    with pytest.raises(CorpusError) as caught:
        load_labels(tmp_path / "labels", tmp_path / "texts")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(("name", "content"), [("x.jsonl", b'{"id": "\xff"}\n'), ("x.jsonl.gz", b"no gzip")])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=r"x\.jsonl.*: cannot be read after line 0"):
        texts_of(tmp_path, "x")


def test_a_sentence_is_cut_out_and_offsets_follow(tmp_path: Path) -> None:
    write(tmp_path / "texts" / "reviews.jsonl", BODY)
    cues = [["churn_threat", 8, 19], ["tenure", 21, 35]]
    write(
        tmp_path / "labels" / "reviews.jsonl",
        reading(cues=cues, sentence_start=8, sentence_end=36),
        reading(id="r-1#2", cues=[], sentence_start=0, sentence_end=7),
    )
    first, second = load_labels(tmp_path / "labels", tmp_path / "texts")
    assert first.text == "Never again, six years gone."
    assert [first.text[e.start : e.end] for e in first.evidence] == ["Never again", "six years gone"]
    assert second.text == "Lovely."
    assert second.id == "r-1#2"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        pytest.param(reading(id="r-9"), "id 'r-9' is not in the texts of 'reviews'", id="unknown id"),
        pytest.param(reading(cues=[["tenure", 30, 99]]), "tenure at 30:99 lies outside", id="past the end"),
        pytest.param(reading(cues=[["tenure", 5, 5]]), "tenure at 5:5 lies outside", id="empty"),
        pytest.param(reading(cues=[["tenure", 9, 5]]), "tenure at 9:5 lies outside", id="backwards"),
        pytest.param(reading(cues=[["tenure", -3, 5]]), "tenure at -3:5 lies outside", id="before the start"),
        pytest.param(
            reading(cues=[["tenure", 7, 12]], sentence_start=8, sentence_end=36),
            "tenure at 7:12 lies outside",
            id="before the sentence",
        ),
        pytest.param(
            reading(cues=[["tenure", 30, 37]], sentence_start=8, sentence_end=36),
            "tenure at 30:37 lies outside",
            id="after the sentence",
        ),
        pytest.param(reading(cues=[["tenur", 0, 5]]), "'tenur'", id="unknown label"),
        pytest.param(reading(language="de"), "'de'", id="unknown language"),
        pytest.param({"set": "reviews", "id": "r-1"}, "'cues' is missing", id="no cues"),
    ],
)
def test_a_bad_reading_is_named(tmp_path: Path, bad: dict[str, Any], words: str) -> None:
    write(tmp_path / "texts" / "reviews.jsonl", BODY)
    write(tmp_path / "labels" / "reviews.jsonl", reading(), bad)
    with pytest.raises(CorpusError) as caught:
        load_labels(tmp_path / "labels", tmp_path / "texts")
    assert str(caught.value).startswith("reviews.jsonl:2: ")
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["", "mispelt"])
def test_a_folder_without_readings_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="no readings of public texts"):
        load_labels(tmp_path / name, tmp_path)


def test_absent_texts_are_named(tmp_path: Path) -> None:
    write(tmp_path / "labels" / "reviews.jsonl", reading())
    with pytest.raises(CorpusError, match=r"no reviews\.jsonl\.gz") as caught:
        load_labels(tmp_path / "labels", tmp_path / "texts")
    assert str(tmp_path / "texts") in str(caught.value)


@pytest.mark.parametrize("path", sorted((DATA / "labels").glob("*.jsonl")), ids=lambda path: path.stem)
def test_shipped_readings_know_their_set_and_labels(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        allowed = {label.value for label in labels_for(Speaker(one["speaker"]))}
        assert one["set"] == path.stem
        assert {label for label, _, _ in one["cues"]} <= allowed, one["id"]
        start, end = one.get("sentence_start", 0), one.get("sentence_end", 10**6)
        assert all(start <= a < b <= end for _, a, b in one["cues"]), one["id"]
