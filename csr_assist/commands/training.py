"""``adapt``, ``train``, ``distil``, ``average``, ``enlarge``: from annotated turns to a detector, each step a folder.

What they need beyond a plain installation is imported when one of them runs.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from csr_assist.commands.common import say, terminal
from csr_assist.conversation import Language
from csr_assist.errors import CsrAssistError, InputError
from csr_assist.shipped import CORPUS, MEASURED, READINGS, model_folder

app = typer.Typer()

Texts = Annotated[Path, typer.Option(help="Folder with the public sets' texts (README names them).")]
Out = Annotated[Path, typer.Option(help="Folder of this run: checkpoints, log, model.")]
Dev = Annotated[Path, typer.Option(help="Folder of measuring sets, for calibration and thresholds only.")]
Turns = Annotated[Path, typer.Option("--corpus", help="The annotated turns.")]
Readings = Annotated[Path, typer.Option(help="Readings of the public sets.")]
Base = Annotated[str, typer.Option(help="Encoder to start from: a name or a folder.")]
_BASE = "intfloat/multilingual-e5-small"


@app.command()
def adapt(
    turns: Annotated[
        list[Path],
        typer.Argument(help="Annotated turns to learn: files of feedback export, the latest last, or folders."),
    ],
    out: Out,
    model: Annotated[
        Path | None, typer.Option(help="Folder of the detector that learns on; the one in use if not given.")
    ] = None,
    corpus: Turns = CORPUS,
    dev: Annotated[
        Path | None, typer.Option(help="Measuring sets for calibration and thresholds; without them MODEL's stay.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Folder with the public sets' texts, to hold it to what it knows of them.")
    ] = None,
    readings: Readings = READINGS,
    base: Annotated[
        str | None, typer.Option(help="Encoder that topics are learnt from anew; without it they stay MODEL's.")
    ] = None,
    aside: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of TURNS kept aside, to measure whether it helped.")
    ] = 0.2,
) -> None:
    """Teach the shipped detector your own turns, and leave what it became in OUT/model. Minutes; can be resumed."""
    with _training():
        from csr_assist.training.adapt import Adaptation
        from csr_assist.training.adapt import adapt as run_adapting
    done = run_adapting(
        model_folder(model), turns, corpus, out, MEASURED, dev, readings, texts, Adaptation(aside=aside), base
    )
    table = Table("cues that were judged", "right", "wrong", "missed", "F1")
    for where, found in (("in the turns kept aside", done.aside), ("in data/measure", done.elsewhere)):
        if any(found):
            for when, one in zip(("before", "now"), found, strict=True):
                table.add_row(f"{where}, {when}", str(one.right), str(one.wrong), str(one.missed), f"{one.f1:.2f}")
    terminal.print(table)
    if not any(done.aside):
        say("No turns were kept aside: whether it helped is not known.")
    say(f"To use it: csr-assist run --model {out / 'model'}")


@app.command()
def train(
    texts: Texts, out: Out, dev: Dev, corpus: Turns = CORPUS, readings: Readings = READINGS, base: Base = _BASE
) -> None:
    """Train a detector, calibrate it, and leave it in OUT/model. Takes hours on two cores; can be resumed."""
    with _training():
        from csr_assist.training.train import train as run_training
    run_training(corpus, readings, texts, base, out, dev)


@app.command()
def distil(
    run: Annotated[Path, typer.Argument(help="Folder of the teacher: a finished run of train, distil or average.")],
    texts: Texts,
    out: Out,
    dev: Dev,
    corpus: Turns = CORPUS,
    readings: Readings = READINGS,
    base: Base = _BASE,
    start: Annotated[
        Path | None, typer.Option(help="Folder of a finished distil with the same vocabulary, whose student learns on.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Keep all layers: what RUN left learns on with new turns.")
    ] = False,
    second: Annotated[
        Path | None, typer.Option(help="Folder of a finished enlarge, heard beside RUN in its language.")
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="How often every turn is read: 3, or 1 with --whole, if not given."),
    ] = None,
) -> None:
    """Teach a detector of half the layers what a trained one knows, and leave it in OUT/model. Can be resumed."""
    if whole and start:
        raise InputError("--whole and --start are two ways to go on: RUN itself learns on, or the student of START")
    with _training():
        from csr_assist.training.distil import MORE, WHOLE, Lessons
        from csr_assist.training.student import train_student
    lessons = WHOLE if whole else MORE if start else Lessons()
    lessons = replace(lessons, epochs=epochs or lessons.epochs)
    train_student(run, corpus, readings, texts, base, out, dev, start, lessons, second)


@app.command()
def average(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs with the same layers and vocabulary.")],
    out: Out,
    dev: Dev,
    corpus: Turns = CORPUS,
    base: Base = _BASE,
) -> None:
    """Make one detector of several by the mean of their weights, and leave it in OUT/model."""
    with _training():
        from csr_assist.training.average import average as run_averaging
    run_averaging(runs, corpus, base, out, dev)


@app.command()
def enlarge(
    texts: Texts,
    out: Out,
    base: Base = "sentence-transformers/all-mpnet-base-v2",
    language: Annotated[Language, typer.Option(help="Whose turns it learns from; BASE knows it.")] = Language.ENGLISH,
    corpus: Turns = CORPUS,
    readings: Readings = READINGS,
) -> None:
    """Train a larger network of one language that only teaches (distil --second). Can be resumed."""
    with _training():
        from csr_assist.training.corpus import load_corpus, load_labels
        from csr_assist.training.larger import enlarge as run_enlarging
    run_enlarging(load_corpus(corpus) + load_labels(readings, texts), base, language, out)


@contextmanager
def _training() -> Iterator[None]:
    """Import what training needs, or say which packages are missing; progress goes to the terminal."""
    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("csr_assist").setLevel(logging.INFO)  # its own alone: the quantiser tells of every matrix
    try:
        yield
    except ImportError as error:
        raise CsrAssistError(f"training needs more packages: pip install 'csr-assist[train]' ({error.name})") from None
