"""What is known of a model beside its weights: labels, calibration, thresholds and the files' hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from csr_assist.errors import ModelError
from csr_assist.labels import Family, Label

MANIFEST = "manifest.json"
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Scale(BaseModel):
    """Platt's calibration of one head: probability = 1 / (1 + exp(-(slope * logit + shift)))."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slope: float = 1.0
    shift: float = 0.0


class Manifest(BaseModel):
    """``manifest.json`` of a model folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    name: str
    sha256: dict[str, str]
    labels: list[Label]
    scales: dict[str, Scale] = Field(default_factory=dict)
    """A head's calibration, by the label's or the family's name; a head that is absent is taken as it is."""
    thresholds: dict[str, Probability] = Field(default_factory=dict)
    """From which probability on a head counts; 0.5 where absent. A family's holds for all of its labels' cues."""

    def scale(self, head: Label | Family) -> Scale:
        """Calibration of a head."""
        return self.scales.get(head.value, Scale())

    def threshold(self, head: Label | Family) -> float:
        """Threshold of a head, 0..1."""
        return self.thresholds.get(head.value, 0.5)


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest and check every file that it names.

    Raises:
        ModelError: the folder or a file is absent, the manifest is of another shape, or a hash differs.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"no detector at {folder}: {MANIFEST} is missing (the repository ships one under models/)")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ModelError(f"{path}: {where}: {first['msg']}") from None
    if manifest.labels != list(Label):
        raise ModelError(f"{path}: the model's labels are not this version's; train it again or update the package")
    for name, expected in manifest.sha256.items():
        if not (folder / name).is_file():
            raise ModelError(f"no detector at {folder}: {name} is missing")
        if (found := sha256(folder / name)) != expected:
            raise ModelError(f"{folder / name}: damaged (SHA-256 {found[:12]}..., expected {expected[:12]}...)")
    return manifest
