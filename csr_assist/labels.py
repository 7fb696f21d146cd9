"""The taxonomy: every label, whose speech carries it, what it means and what shows it.

One source for the detector's heads, the screens, the documentation and the playbook's validation.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from csr_assist.conversation import Speaker


class Family(StrEnum):
    """The three groups of labels. A label belongs to exactly one."""

    DISSATISFACTION = "dissatisfaction"
    LOYALTY = "loyalty"
    CONDUCT = "conduct"

    @property
    def speaker(self) -> Speaker:
        """Whose turns carry labels of this family."""
        return Speaker.AGENT if self is Family.CONDUCT else Speaker.CUSTOMER


class _Entry(NamedTuple):
    family: Family
    caption: str
    meaning: str
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]


class Label(StrEnum):
    """A thing that is said in one turn; each cue of a turn carries one label."""

    FRUSTRATION = "frustration"
    DISAPPOINTMENT = "disappointment"
    SERVICE_FAILURE = "service_failure"
    REPEAT_EFFORT = "repeat_effort"
    BROKEN_PROMISE = "broken_promise"
    UNANNOUNCED_CHANGE = "unannounced_change"
    VALUE_COMPLAINT = "value_complaint"
    UNFAIR_TREATMENT = "unfair_treatment"
    ESCALATION = "escalation"
    CHURN_THREAT = "churn_threat"
    COMPETITOR = "competitor"
    RESIGNATION = "resignation"
    TENURE = "tenure"
    REFERRAL = "referral"
    REPEAT_BUSINESS = "repeat_business"
    PAST_SATISFACTION = "past_satisfaction"
    LOYAL_IDENTITY = "loyal_identity"
    HELPFUL_FEEDBACK = "helpful_feedback"
    REFUSAL = "refusal"
    DATA_REQUEST = "data_request"
    EMPATHY = "empathy"
    APOLOGY = "apology"
    OPTION = "option"
    PROMISE = "promise"
    DISMISSIVE = "dismissive"
    APPRECIATION = "appreciation"

    @property
    def family(self) -> Family:
        """The group this label belongs to."""
        return _TAXONOMY[self].family

    @property
    def speaker(self) -> Speaker:
        """Whose turns can carry this label."""
        return self.family.speaker

    @property
    def caption(self) -> str:
        """Two or three plain words for a screen."""
        return _TAXONOMY[self].caption

    @property
    def meaning(self) -> str:
        """One sentence: what the speaker does when this label fits."""
        return _TAXONOMY[self].meaning

    @property
    def examples(self) -> tuple[str, ...]:
        """Words that carry the label."""
        return _TAXONOMY[self].examples

    @property
    def near_misses(self) -> tuple[str, ...]:
        """Words that look like it and do not carry it."""
        return _TAXONOMY[self].near_misses


def labels_of(family: Family) -> tuple[Label, ...]:
    """The labels of one family, in the taxonomy's order."""
    return tuple(label for label in Label if label.family is family)


def labels_for(speaker: Speaker) -> tuple[Label, ...]:
    """The labels that a turn of ``speaker`` can carry; none for the system."""
    return tuple(label for label in Label if label.speaker is speaker)


_D, _L, _A = Family.DISSATISFACTION, Family.LOYALTY, Family.CONDUCT

_TAXONOMY: dict[Label, _Entry] = {
    Label.FRUSTRATION: _Entry(
        _D,
        "frustrated",
        "Shows anger, annoyance, exasperation or contempt, also by sarcasm, capitals or insults.",
        ("this is ridiculous", "I'm fed up", "great, another hour lost"),
        ("it doesn't work",),
    ),
    Label.DISAPPOINTMENT: _Entry(
        _D,
        "let down",
        "Is let down: an expectation or trust was not met, said in sorrow more than in anger.",
        ("I expected better from you", "a real letdown"),
        ("I'm sad today",),
    ),
    Label.SERVICE_FAILURE: _Entry(
        _D,
        "service failed",
        "Complains that the product or service failed or is poor, and holds the company responsible.",
        ("arrived broken again", "down for three days now"),
        ("how do I reset it?", "it shows error 5"),
    ),
    Label.REPEAT_EFFORT: _Entry(
        _D,
        "had to work for it",
        "Had to call again, wait, repeat the story, was passed around, or nobody answers.",
        ("third time I've called", "on hold for an hour"),
        ("I'd like to call again tomorrow",),
    ),
    Label.BROKEN_PROMISE: _Entry(
        _D,
        "promise broken",
        "Says that the company did not do what it said or agreed.",
        ("you said I'd get a call back", "was promised a refund, never came"),
        ("will you call me back?",),
    ),
    Label.UNANNOUNCED_CHANGE: _Entry(
        _D,
        "change not announced",
        "Met a change of rule, price, product or contact person that nobody told of.",
        ("since when is there a fee?", "what happened to my account manager?"),
        ("has the address changed?",),
    ),
    Label.VALUE_COMPLAINT: _Entry(
        _D,
        "price or value",
        "Finds the price, a charge or the value wrong: overcharged, too dear, not worth it.",
        ("double the price for less", "you charged me twice"),
        ("how much is it?",),
    ),
    Label.UNFAIR_TREATMENT: _Entry(
        _D,
        "treated unfairly",
        "Feels disrespected, ignored, lied to, cheated, or treated unlike others.",
        ("your agent was rude", "you don't care about customers"),
        ("the agent was busy",),
    ),
    Label.ESCALATION: _Entry(
        _D,
        "wants it escalated",
        "Asks for a manager, files or threatens a complaint, names a regulator, lawyer or the press.",
        ("get me your supervisor", "I'll report this"),
        ("can I talk to someone?",),
    ),
    Label.CHURN_THREAT: _Entry(
        _D,
        "may leave",
        "Says or hints that they leave, will not buy or renew, or doubt that they can go on.",
        ("I'm done with you", "not sure I can use you for this order"),
        ("how do I close my account?",),
    ),
    Label.COMPETITOR: _Entry(
        _D,
        "names a competitor",
        "Holds up a competitor as better, cheaper, or where they go next.",
        ("X gives me this for free", "moving to Y"),
        ("I also have an account at Y",),
    ),
    Label.RESIGNATION: _Entry(
        _D,
        "gives up",
        "Gives up or goes cold without anger: curt surrender after a bad answer.",
        ("fine, whatever", "never mind then"),
        ("fine, thanks!",),
    ),
    Label.TENURE: _Entry(
        _L,
        "long with us",
        "Says how long they have been with the company.",
        ("customer for 6 years", "with you since 2012"),
        ("I've waited 6 years", "I opened it last week"),
    ),
    Label.REFERRAL: _Entry(
        _L,
        "refers others",
        "Recommends the company, has recommended it, or brought others.",
        ("I've sent you a lot of business", "told all my friends"),
        ("would NOT recommend",),
    ),
    Label.REPEAT_BUSINESS: _Entry(
        _L,
        "buys often",
        "Buys often, much or several products, or has a large order coming.",
        ("I order every week", "three policies with you"),
        ("I want to order one",),
    ),
    Label.PAST_SATISFACTION: _Entry(
        _L,
        "was always happy",
        "Says that it was good until now.",
        ("always been happy", "never had a problem before"),
        ("it is good",),
    ),
    Label.LOYAL_IDENTITY: _Entry(
        _L,
        "calls themselves loyal",
        "Calls themselves loyal, a fan or a regular, or turned a competitor away.",
        ("I'm a loyal customer", "told them I wasn't interested"),
        ("you have no loyalty to us",),
    ),
    Label.HELPFUL_FEEDBACK: _Entry(
        _L,
        "helps us improve",
        "Points out a mistake or an idea so that the company can do better.",
        ("thought you should know the form is broken", "an idea for you"),
        ("the form is broken and I want my money",),
    ),
    Label.REFUSAL: _Entry(
        _A,
        "said no",
        "Says no, cannot, not possible or against policy, with or without an alternative.",
        ("unfortunately we can't refund that", "that's not allowed"),
        ("I couldn't find the order, can you spell it?",),
    ),
    Label.DATA_REQUEST: _Entry(
        _A,
        "asked for data",
        "Asks for an account or order number, name, verification or other data.",
        ("account number?", "please DM your booking code"),
        ("how can I help?",),
    ),
    Label.EMPATHY: _Entry(
        _A,
        "showed empathy",
        "Names or shows understanding of how the customer feels or is affected.",
        ("I can hear how frustrating that is",),
        ("okay", "I see the order"),
    ),
    Label.APOLOGY: _Entry(
        _A, "apologised", "Says sorry for the trouble.", ("I'm sorry about the mix-up",), ("sorry? say again",)
    ),
    Label.OPTION: _Entry(
        _A,
        "offered a way",
        "Offers a way forward: a choice, an alternative, a workaround or a concrete step.",
        ("what I can do is...", "you can either..."),
        ("please wait",),
    ),
    Label.PROMISE: _Entry(
        _A,
        "promised",
        "Commits the company to a future act.",
        ("I'll call you back by Friday",),
        ("it usually takes 3 days",),
    ),
    Label.DISMISSIVE: _Entry(
        _A,
        "brushed off",
        "Blames the customer, hides behind policy, corrects the tone, belittles or brushes off.",
        ("calm down", "you should have read the terms"),
        ("I'm sorry, that isn't possible",),
    ),
    Label.APPRECIATION: _Entry(
        _A,
        "thanked for loyalty",
        "Thanks for loyalty, patience or feedback in a way that refers to it.",
        ("thank you for being with us 6 years",),
        ("thanks, bye",),
    ),
}


TROUBLES = frozenset(
    {
        Label.SERVICE_FAILURE,
        Label.VALUE_COMPLAINT,
        Label.UNANNOUNCED_CHANGE,
        Label.BROKEN_PROMISE,
        Label.UNFAIR_TREATMENT,
    }
)
"""Labels whose evidence says what it is about. Years, anger and effort are alike whatever the trouble is."""
