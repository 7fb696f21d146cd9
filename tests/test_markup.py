from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.advice.moments import Moment
from csr_assist.advice.prompt import Because, Prompt
from csr_assist.assistant import Update
from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.cues import Cue, Reading
from csr_assist.facts import Facts
from csr_assist.labels import Label
from csr_assist.promises import Promise, PromiseStatus
from csr_assist.screens.markup import (
    direction,
    highlighted,
    quiet_html,
    sentence_html,
    state_html,
    turn_html,
    why_html,
)
from csr_assist.state import Band, CallState

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "</mark></div><h1>",
    "&lt;b&gt; & <b>",
    "<!-- -->",
    "`${x}`</style>",
]
TAGS = re.compile(r'<mark class="(?:dissatisfaction|loyalty|conduct)" title="[^"<>]*">|</mark>')


def cue(label: Label, text: str, start: int, end: int) -> Cue:
    return Cue(label, start, end, text[start:end], 0.9)


def plain(html: str) -> str:
    """What the browser shows of marked text: every tag but ours stays in as text."""
    return unescape(TAGS.sub("", html))


def update(
    text: str,
    *labels: Label,
    speaker: Speaker = Speaker.CUSTOMER,
    at: datetime | None = None,
    language: Language | None = None,
) -> Update:
    cues = tuple(cue(label, text, 0, len(text)) for label in labels)
    return Update(Turn("c", "1", speaker, text, at, language), Reading(cues=cues), CallState(language=language))


def prompt(*why: Because, language: Language = Language.ENGLISH, hold_back: tuple[str, ...] = ()) -> Prompt:
    return Prompt(Moment.ACKNOWLEDGE, language, "We let you down.", why=why, hold_back=hold_back)


# ---- highlighted text -----------------------------------------------------------------------------------------

PIECE = st.sampled_from([*HOSTILE, "plain ", "&", "<", ">", '"', "سلام", "😡", "\n"])


@st.composite
def said_with_cues(draw: st.DrawFn) -> tuple[str, list[Cue]]:
    text = "".join(draw(st.lists(PIECE | st.text(max_size=5), max_size=5)))
    cues = []
    for label in draw(st.lists(st.sampled_from(Label), max_size=5)) if text else []:
        start = draw(st.integers(0, len(text) - 1))
        cues.append(cue(label, text, start, draw(st.integers(start + 1, len(text)))))
    return text, cues


@given(said_with_cues())
def test_the_page_shows_exactly_what_was_said(case: tuple[str, list[Cue]]) -> None:
    text, cues = case
    html = highlighted(text, cues)
    bare = TAGS.sub("", html)
    assert not set("<>\"'") & set(bare)
    assert unescape(bare) == text
    assert html.count("<mark ") == html.count("</mark>")


@given(said_with_cues())
def test_every_character_of_evidence_is_marked_and_no_other(case: tuple[str, list[Cue]]) -> None:
    text, cues = case
    marked = "".join(unescape(body) for body in re.findall(r"<mark [^>]*>(.*?)</mark>", highlighted(text, cues), re.S))
    inside = {i for c in cues for i in range(c.start, c.end)}
    assert marked == "".join(text[i] for i in sorted(inside))


LEAVING = "I'm off to Y after six years"


@pytest.mark.parametrize(
    ("cues", "marks"),
    [
        pytest.param([], [], id="none"),
        pytest.param([(Label.CHURN_THREAT, 0, 7)], [("dissatisfaction", "may leave", "I'm off")], id="one"),
        pytest.param(
            [(Label.CHURN_THREAT, 0, 12), (Label.COMPETITOR, 8, 12)],
            [
                ("dissatisfaction", "may leave", "I'm off "),
                ("dissatisfaction", "may leave, names a competitor", "to Y"),
            ],
            id="one inside the other",
        ),
        pytest.param(
            [(Label.CHURN_THREAT, 0, 12), (Label.TENURE, 8, 28)],
            [
                ("dissatisfaction", "may leave", "I'm off "),
                ("dissatisfaction", "may leave, long with us", "to Y"),
                ("loyalty", "long with us", " after six years"),
            ],
            id="crossing",
        ),
        pytest.param(
            [(Label.TENURE, 19, 28), (Label.CHURN_THREAT, 0, 7)],
            [("dissatisfaction", "may leave", "I'm off"), ("loyalty", "long with us", "six years")],
            id="apart, given in another order",
        ),
        pytest.param(
            [(Label.CHURN_THREAT, 0, 7), (Label.COMPETITOR, 7, 12)],
            [("dissatisfaction", "may leave", "I'm off"), ("dissatisfaction", "names a competitor", " to Y")],
            id="side by side",
        ),
    ],
)
def test_evidence_is_marked_with_all_its_names(
    cues: list[tuple[Label, int, int]], marks: list[tuple[str, str, str]]
) -> None:
    html = highlighted(LEAVING, [cue(label, LEAVING, a, b) for label, a, b in cues])
    found = re.findall(r'<mark class="(\w+)" title="([^"]*)">(.*?)</mark>', html)
    assert [(family, names, unescape(body)) for family, names, body in found] == marks
    assert plain(html) == LEAVING


# ---- turns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_turn_stays_text(text: str) -> None:
    html = turn_html(update(text, Label.FRUSTRATION))
    assert text not in html
    assert len(re.findall("<(?!/?(?:div|span|mark)[ >])", html)) == 0
    assert len(re.findall(r'<mark [^>]*>([^<>"]*)</mark>', html)) == 1


@pytest.mark.parametrize(
    ("speaker", "who"), [(Speaker.CUSTOMER, "Customer"), (Speaker.AGENT, "Agent"), (Speaker.SYSTEM, "System")]
)
def test_a_turn_says_who_speaks(speaker: Speaker, who: str) -> None:
    html = turn_html(update("hello", speaker=speaker))
    assert f'<div class="turn {speaker.value}"><div class="who">{who}</div>' in html


def test_a_turn_says_when_if_it_is_known() -> None:
    at = datetime(2024, 3, 1, 9, 5, 7)
    assert '<div class="who">Customer · 09:05:07</div>' in turn_html(update("hello", at=at))
    assert "·" not in turn_html(update("hello"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [(None, "auto"), (Language.ENGLISH, "ltr"), (Language.INDONESIAN, "ltr"), (Language.PERSIAN, "rtl")],
)
def test_words_run_in_the_direction_of_their_language(language: Language | None, expected: str) -> None:
    assert direction(language) == expected
    html = turn_html(update("سلام", language=language))
    assert f'<div class="words" dir="{expected}">سلام</div>' in html


def test_a_turn_runs_by_its_own_language_not_the_calls() -> None:
    said = Turn("c", "1", Speaker.AGENT, "hello")
    html = turn_html(Update(said, Reading(), CallState(language=Language.PERSIAN)))
    assert '<div class="words" dir="auto">hello</div>' in html


def test_a_label_is_named_once_below_a_turn() -> None:
    text = "ugh, ugh"
    cues = (cue(Label.FRUSTRATION, text, 0, 3), cue(Label.FRUSTRATION, text, 5, 8), cue(Label.TENURE, text, 5, 8))
    html = turn_html(Update(Turn("c", "1", Speaker.CUSTOMER, text), Reading(cues=cues), CallState()))
    assert re.findall(r'<span class="tag (\w+)">([^<]*)</span>', html) == [
        ("dissatisfaction", "frustrated"),
        ("loyalty", "long with us"),
    ]


# ---- the state bar --------------------------------------------------------------------------------------------


def shown(state: CallState) -> list[tuple[str, str]]:
    """(class, words) of every chip."""
    return re.findall(r'<span class="([^"]*)"[^>]*>([^<]*)</span>', state_html(state))


def promise(text: str, status: PromiseStatus = PromiseStatus.OPEN) -> Promise:
    return Promise("1", text, None, status)


@pytest.mark.parametrize(
    ("state", "chips"),
    [
        pytest.param(CallState(), [("band calm", "Calm")], id="nothing yet"),
        pytest.param(CallState(band=Band.WATCH), [("band watch", "Watch")], id="watch"),
        pytest.param(CallState(band=Band.AT_RISK), [("band at_risk", "At risk")], id="at risk"),
        pytest.param(CallState(level=0.5, levels=(0.1,)), [("band calm", "Calm"), ("trend", "↗ rising")], id="rising"),
        pytest.param(CallState(level=0.1, levels=(0.5,)), [("band calm", "Calm"), ("trend", "↘ easing")], id="easing"),
        pytest.param(CallState(level=0.52, levels=(0.5,)), [("band calm", "Calm")], id="steady"),
        pytest.param(CallState(refusals_in_all=1), [("band calm", "Calm"), ("noes", "1 no")], id="one no"),
        pytest.param(CallState(refusals_in_all=2), [("band calm", "Calm"), ("noes", "2 noes")], id="two noes"),
        pytest.param(
            CallState(promises=(promise("call back"),)),
            [("band calm", "Calm"), ("promise", "1 promise")],
            id="one promise",
        ),
        pytest.param(
            CallState(promises=(promise("a"), promise("b"), promise("c", PromiseStatus.BROKEN))),
            [("band calm", "Calm"), ("promise", "2 promises")],
            id="open promises alone",
        ),
        pytest.param(
            CallState(promises=(promise("a", PromiseStatus.BROKEN), promise("b", PromiseStatus.BROKEN))),
            [("band calm", "Calm")],
            id="no open promise",
        ),
        pytest.param(
            CallState(facts=Facts(years=6.0, referred=True)),
            [("band calm", "Calm"), ("fact", "customer for 6 years · referred others")],
            id="facts",
        ),
        pytest.param(
            CallState(facts=Facts(years=6.0), language=Language.INDONESIAN),
            [("band calm", "Calm"), ("fact", "sudah 6 tahun jadi pelanggan")],
            id="facts in the customer's language",
        ),
    ],
)
def test_the_state_in_words(state: CallState, chips: list[tuple[str, str]]) -> None:
    assert shown(state) == chips


@pytest.mark.parametrize(("asked", "reviewed"), [(True, True), (True, False), (False, True)])
def test_data_before_empathy_is_for_the_review_alone(asked: bool, reviewed: bool) -> None:
    html = state_html(CallState(data_first=asked), reviewed=reviewed)
    assert ("data before empathy" in html) is (asked and reviewed)


@given(st.floats(0, 1), st.sampled_from(Band))
def test_the_state_bar_never_shows_a_score(level: float, band: Band) -> None:
    state = CallState(level=level, levels=(level,), band=band)
    assert state_html(state) == state_html(CallState(band=band))
    assert not re.search(r"\d", state_html(state))


def test_persian_facts_run_from_the_right() -> None:
    html = state_html(CallState(facts=Facts(years=6.0), language=Language.PERSIAN))
    assert '<span class="fact" dir="rtl">' in html
    assert "۶" in html
    assert "6" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_promise_stays_in_its_title(text: str) -> None:
    html = state_html(CallState(promises=(promise(text),)))
    (title,) = re.findall(r'title="([^"<>]*)">1 promise</span>', html)
    assert unescape(title) == text


# ---- the card -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "expected"), [(Language.ENGLISH, "ltr"), (Language.PERSIAN, "rtl")])
def test_the_sentence_runs_in_the_customers_direction(language: Language, expected: str) -> None:
    assert sentence_html(prompt(language=language), "a < b") == f'<div class="say" dir="{expected}">a &lt; b</div>'


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_quotes_and_hints_stay_text(text: str) -> None:
    html = why_html(prompt(Because(Label.FRUSTRATION, text), hold_back=(text,)))
    (quote,) = re.findall(r'<q dir="auto">([^<>"]*)</q>', html)
    (hint,) = re.findall(r'<div class="hold" dir="auto">([^<>"]*)</div>', html)
    assert unescape(quote) == unescape(hint) == text
    assert unescape(sentence_html(prompt(), text)).removesuffix("</div>").endswith(text)
    assert text not in sentence_html(prompt(), text)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param("x" * 90, "x" * 90, id="90 characters"),
        pytest.param("x" * 91, "x" * 89 + "…", id="one more"),
        pytest.param("x" * 88 + " yyy", "x" * 88 + "…", id="no blank before the dots"),
        pytest.param("", "", id="none"),
    ],
)
def test_long_quotes_are_cut(quote: str, expected: str) -> None:
    assert f'<q dir="auto">{expected}</q>' in why_html(prompt(Because(Label.TENURE, quote)))


def test_reasons_come_in_order_with_family_and_name() -> None:
    html = why_html(prompt(Because(Label.CHURN_THREAT, "off"), Because(Label.TENURE, "six years")))
    assert re.findall(r'<span class="tag (\w+)">([^<]*)</span><q dir="auto">([^<]*)</q>', html) == [
        ("dissatisfaction", "may leave", "off"),
        ("loyalty", "long with us", "six years"),
    ]
    assert 'class="hold"' not in html


def test_silence_says_whether_anything_was_heard() -> None:
    assert quiet_html(heard_anything=True) != quiet_html(heard_anything=False)
    assert "Nothing needed" in quiet_html(heard_anything=True)
