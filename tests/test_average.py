"""``csr-assist average``: one network with the mean of the weights of several."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from commanding import cli
from test_training import encoder

from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.detector.onnx import TOKENIZER
from csr_assist.errors import CorpusError, InputError
from csr_assist.training.average import average, mean_of
from csr_assist.training.checkpoint import LAST
from csr_assist.training.model import CueModel
from csr_assist.training.student import layers_of, trained

Sources = dict[str, Path]


@pytest.fixture
def other(run: Path) -> Path:
    """A run like the first whose numbers are all one more."""
    folder = run.with_name("other")
    shutil.copytree(run, folder)
    weights = torch.load(run / LAST, weights_only=True)["model"]
    more = {name: tensor + 1 if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    torch.save({"model": more}, folder / LAST)
    return folder


def test_every_number_is_the_mean_and_places_stay() -> None:
    one = {"weight": torch.tensor([1.0, 2.0]), "places": torch.tensor([0, 1])}
    two = {"weight": torch.tensor([3.0, 6.0]), "places": torch.tensor([0, 1])}
    mean = mean_of([one, two, two])
    torch.testing.assert_close(mean["weight"], torch.tensor([7.0, 14.0]) / 3)
    assert mean["places"].tolist() == [0, 1]


def test_what_is_left_reads_and_can_be_built_on(run: Path, other: Path, sources: Sources, base: str) -> None:
    mixed, again = run.with_name("mixed"), run.with_name("again")
    manifest = average([run, other], sources["corpus"], base, mixed, sources["dev"])
    assert manifest.name == "mixed"
    before, after = trained(run, base).state_dict(), trained(mixed, base).state_dict()
    for name, tensor in before.items():
        torch.testing.assert_close(after[name], tensor + 0.5 if tensor.is_floating_point() else tensor)
    (reading,) = OnnxDetector(mixed / "model").read([Utterance(Speaker.CUSTOMER, "this is ridiculous")])
    assert reading.scores
    average([mixed, run], sources["corpus"], base, again, sources["dev"])
    assert layers_of(again) == layers_of(run)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param("layers", "other: has 1 layers, {run} has 2", id="of other depth"),
        pytest.param("vocabulary", "other: its vocabulary is not that of {run}", id="of another vocabulary"),
        pytest.param(
            "unfinished", "other: no finished run of csr-assist train, distil or average (last.pt", id="unfinished"
        ),
        pytest.param(
            "width", "other: was not trained from {base}, or by a release with other labels", id="another base"
        ),
        pytest.param("out", "other: is a run to build on; take another folder for --out", id="the new one itself"),
    ],
)
def test_a_run_that_does_not_fit_is_named(
    spoil: str, said: str, run: Path, other: Path, sources: Sources, base: str
) -> None:
    if spoil == "layers":
        shallow = encoder()
        shallow.encoder.layer = shallow.encoder.layer[:1]
        torch.save({"model": CueModel(shallow).state_dict()}, other / LAST)
    if spoil == "width":
        narrow = {name: tensor[..., :1] for name, tensor in CueModel(encoder()).state_dict().items()}
        torch.save({"model": narrow}, other / LAST)
    if spoil == "vocabulary":
        (other / TOKENIZER).write_text("{}", encoding="utf-8")
    if spoil == "unfinished":
        (other / LAST).unlink()
    out = other if spoil == "out" else run.with_name("mixed")
    with pytest.raises(CorpusError) as caught:
        average([run, other], sources["corpus"], base, out, sources["dev"])
    assert said.format(run=run, base=base) in str(caught.value)
    assert not run.with_name("mixed").exists()


def test_a_mistyped_base_spoils_nothing(run: Path, other: Path, sources: Sources, base: str) -> None:
    with pytest.raises(CorpusError, match="mispelt: no encoder can be opened there"):
        average([run, other], sources["corpus"], f"{base}/mispelt", run.with_name("mixed"), sources["dev"])
    assert not run.with_name("mixed").exists()


def test_one_run_is_no_mean(run: Path, sources: Sources, base: str) -> None:
    with pytest.raises(InputError, match="1 run was given to average; give two or more"):
        average([run], sources["corpus"], base, run.with_name("mixed"), sources["dev"])


def test_the_command_takes_several_runs(run: Path, other: Path, sources: Sources, base: str) -> None:
    mixed = run.with_name("mixed")
    given = ["--corpus", sources["corpus"], "--dev", sources["dev"], "--base", base, "--out", mixed]
    cli("average", run, other, *given)
    assert (mixed / "model" / "manifest.json").exists()
