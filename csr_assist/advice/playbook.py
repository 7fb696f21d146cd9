"""The playbook: the company's own words and options, in YAML files that the company edits.

A folder holds ``company.yaml``, ``replies.yaml``, any number of files in ``situations/`` and, if options are to be
left out once they are refused, ``remedies.yaml``. Everything is validated when it is read; an error names the file,
the key and the value.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError, model_validator

from csr_assist.conversation import Language
from csr_assist.errors import PlaybookError
from csr_assist.labels import Family, Label
from csr_assist.strict import Strict

_Model = TypeVar("_Model", bound=BaseModel)
_Text = TypeVar("_Text")

MOST_WORDS = 25
"""A reply is said in one breath: no more words than this."""
SLOTS = ("years", "since", "topic", "quote", "name", "say")
"""What a reply may leave open: facts and words of this very customer."""


def slots(text: str) -> frozenset[str]:
    """Names in braces in a reply."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _known_slots(text: str) -> str:
    if unknown := slots(text) - set(SLOTS):
        raise ValueError(f"unknown slot {{{sorted(unknown)[0]}}} in '{text}'; allowed are {', '.join(SLOTS)}")
    for _, name, form, conversion in string.Formatter().parse(text):
        if form or conversion:
            given = f"{{{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}}}"
            raise ValueError(f"{given} in '{text}' asks for a format; write {{{name}}}")
    if len(text.split()) > MOST_WORDS:
        raise ValueError(f"'{text}' has {len(text.split())} words; at most {MOST_WORDS} are allowed")
    return text


def _of(family: Family) -> Callable[[Label], Label]:
    def check(label: Label) -> Label:
        if label.family is not family:
            raise ValueError(f"'{label}' is no {family} label")
        return label

    return check


Entry = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, pattern=r"[^\W_]")]
Line = Annotated[str, Field(min_length=2), AfterValidator(_known_slots)]
Hurt = Annotated[Label, AfterValidator(_of(Family.DISSATISFACTION))]
Loyalty = Annotated[Label, AfterValidator(_of(Family.LOYALTY))]


class Everywhere(Strict, Generic[_Text]):
    """The same in every language of the product."""

    en: _Text
    id: _Text
    fa: _Text

    def of(self, language: Language) -> _Text:
        """What it is in one language."""
        own: _Text = getattr(self, language.value)
        return own


class Words(Everywhere[Annotated[str, Field(min_length=2)]]):
    """One text."""


class Lines(Everywhere[Annotated[tuple[Line, ...], Field(min_length=1)]]):
    """Several ways to say one thing."""

    def plain(self, language: Language) -> tuple[str, ...]:
        """Lines that can be said to anybody: they have no slot."""
        return tuple(line for line in self.of(language) if not slots(line))

    def offering(self, language: Language) -> tuple[str, ...]:
        """Lines that need an option's words, once, and nothing else."""
        return tuple(line for line in self.of(language) if slots(line) == {"say"} and line.count("{say}") == 1)


class Named(Everywhere[Annotated[tuple[Entry, ...], Field(min_length=1)]]):
    """Words by which an agent names a remedy. An entry is heard when words near one another begin like each of its."""


class Option(Strict):
    """Something the company can do instead of saying no."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    gives: tuple[str, ...] = ()
    """Keys of ``remedies.yaml``: not offered when the agent has refused one of them."""
    text: Words
    """On the button: short, what the agent would do."""
    say: Words
    """Completes "I can ...", as the agent says it to the customer."""


class Situation(Strict):
    """What a customer can be in, how it is heard, and the ways out."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    labels: tuple[Hurt, ...] = ()
    """Cues that often come with it: they break ties between situations of like meaning."""
    name: Words
    """A noun phrase for the middle of a sentence: "the late delivery"."""
    heard: Lines
    """How customers say it; searched by meaning."""
    options: tuple[Option, ...] = Field(min_length=2)


class HoldBack(Strict):
    """What not to say yet."""

    data: Words
    refusal: Words
    policy: Words


class Replies(Strict):
    """Parts of a reply. Each is a whole sentence; together they stay within ``MOST_WORDS``."""

    hurts: Mapping[Hurt, Lines]
    """Acknowledges what was said, by the cue that weighs most."""
    deserved: Mapping[Loyalty, Lines]
    """Says what a loyal customer deserved, in the same breath as the hurt."""
    sorry: Lines
    ownership: Lines
    """Leads to the options."""
    offer: Lines
    """Offers one option by {say}, when the hurt is acknowledged already."""
    instead: Lines
    """Offers one option by {say}, right after the agent said no."""
    repair: Lines
    """After a brush-off by the agent."""
    thanks: Lines
    """For helpful feedback, when nothing is wrong."""
    hold_back: HoldBack

    @model_validator(mode="after")
    def _complete(self) -> Replies:
        for label in Label:
            if label.family is Family.DISSATISFACTION and label not in self.hurts:
                raise ValueError(f"hurts has no entry for '{label}'")
            if label.family is Family.LOYALTY and label not in self.deserved:
                raise ValueError(f"deserved has no entry for '{label}'")
        return self

    @model_validator(mode="after")
    def _sayable(self) -> Replies:
        """Whatever begins a reply can be said while nothing is known but an option's words."""
        first = {f"hurts.{label}": lines for label, lines in self.hurts.items()}
        for name, lines in (first | {"repair": self.repair, "thanks": self.thanks}).items():
            for language in Language:
                if not lines.plain(language):
                    rule = "one line must have no slot, for when nothing is known"
                    raise ValueError(f"{name}.{language}: {rule}; the first is '{lines.of(language)[0]}'")
        for name, lines in (("offer", self.offer), ("instead", self.instead)):
            for language in Language:
                for line in lines.of(language):
                    if "say" not in slots(line):
                        raise ValueError(f"{name}: '{line}' lacks the slot {{say}}")
                if not lines.offering(language):
                    rule = "one line must have {say} once and no other slot"
                    raise ValueError(f"{name}.{language}: {rule}; the first is '{lines.of(language)[0]}'")
        return self

    def room_for(self, language: Language) -> int:
        """How many words an option's ``say`` may have, so that it can be offered in one breath whatever is known."""
        rooms = (
            max(MOST_WORDS - len(line.split()) + 1 for line in lines.offering(language))
            for lines in (self.offer, self.instead)
        )
        return min(rooms)


class Company(Strict):
    """Who speaks."""

    name: str
    trades: tuple[str, ...] = Field(min_length=1)
    fallback: str
    """The situation that is offered when no other fits."""


class Playbook(Strict):
    """Everything that the company says and can do."""

    company: Company
    replies: Replies
    situations: tuple[Situation, ...]
    remedies: Mapping[str, Named] = Field(default_factory=dict)

    @property
    def options(self) -> tuple[Option, ...]:
        """All options, in the order of the files."""
        return tuple(option for situation in self.situations for option in situation.options)


def load_playbook(folder: Path) -> Playbook:
    """Read and validate a playbook folder.

    Raises:
        PlaybookError: a file is absent or wrong; names file, key and value.
    """
    situations: list[Situation] = []
    origin: dict[str, str] = {}
    paths = sorted((folder / "situations").glob("*.yaml"))
    if not paths:
        raise PlaybookError(f"{folder / 'situations'}: no situation files (*.yaml) found")
    for path in paths:
        rows = _yaml(path)
        if not isinstance(rows, list):
            raise PlaybookError(f"{path.name}: a list of situations is needed, this is a {type(rows).__name__}")
        for number, row in enumerate(rows, 1):
            key = row.get("id", f"situation {number}") if isinstance(row, dict) else f"situation {number}"
            situation = _checked(Situation, row, f"{path.name}: {key}")
            for name in (situation.id, *(option.id for option in situation.options)):
                if name in origin:
                    raise PlaybookError(f"{path.name}: id '{name}' is used already in {origin[name]}")
                origin[name] = path.name
            situations.append(situation)
    company = _checked(Company, _yaml(folder / "company.yaml"), "company.yaml")
    if company.fallback not in {situation.id for situation in situations}:
        raise PlaybookError(f"company.yaml: fallback: '{company.fallback}' is not the id of a situation")
    replies = _checked(Replies, _yaml(folder / "replies.yaml"), "replies.yaml")
    _fit(situations, replies, origin)
    remedies = _remedies(folder / "remedies.yaml")
    for option in (option for situation in situations for option in situation.options):
        if unknown := set(option.gives) - set(remedies):
            known = ", ".join(remedies) or "none: there is no remedies.yaml"
            raise PlaybookError(
                f"{origin[option.id]}: {option.id}: gives: '{min(unknown)}' is not known; allowed are {known}"
            )
    fallback = next(situation for situation in situations if situation.id == company.fallback)
    if all(option.gives for option in fallback.options):
        raise PlaybookError(
            f"{origin[fallback.id]}: {fallback.id}: one option must be without 'gives', for when all else is refused"
        )
    return Playbook(company=company, replies=replies, situations=tuple(situations), remedies=remedies)


def _remedies(path: Path) -> dict[str, Named]:
    """What ``remedies.yaml`` holds; a playbook can do without."""
    rows = _yaml(path) if path.exists() else {}
    if not isinstance(rows, dict):
        raise PlaybookError(f"{path.name}: remedies by their keys are needed, this is a {type(rows).__name__}")
    return {str(key): _checked(Named, row, f"{path.name}: {key}") for key, row in rows.items()}


def _fit(situations: Sequence[Situation], replies: Replies, origin: Mapping[str, str]) -> None:
    """Refuse an option that is too long to be offered."""
    for option in (option for situation in situations for option in situation.options):
        for language in Language:
            say, room = option.say.of(language), replies.room_for(language)
            if (words := len(say.split())) > room:
                raise PlaybookError(
                    f"{origin[option.id]}: {option.id}: say.{language}: '{say}' has {words} words; at most {room} fit"
                )


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlaybookError(f"{path}: the file is missing") from None
    except (yaml.YAMLError, ValueError) as error:  # PyYAML lets impossible dates through as ValueError
        raise PlaybookError(f"{path.name}: not readable as YAML in UTF-8: {' '.join(str(error).split())}") from None


def _checked(kind: type[_Model], row: Any, where: str) -> _Model:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        given = repr(first["input"])
        value = "" if len(given) > 80 else f" (given: {given})"
        raise PlaybookError(f"{where}: {key + ': ' if key else ''}{first['msg']}{value}") from None
