"""What ships with the package, and how it is put together to a working assistant."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path, user_data_path

from csr_assist.advice import Advisor, OptionIndex, Playbook, load_playbook
from csr_assist.advice.options import heard
from csr_assist.assistant import Assistant
from csr_assist.detector import OnnxDetector
from csr_assist.detector.manifest import load_manifest
from csr_assist.errors import StoreError

_APP = "csr-assist"


def _folder(name: str, in_checkout: str) -> Path:
    """A shipped folder: inside an installed package, or in a checkout beside it."""
    installed = Path(__file__).parent / "_shipped" / name
    return installed if installed.exists() else Path(__file__).parent.parent / in_checkout


MODEL = _folder("models", "models") / "detector"
PLAYBOOK = _folder("playbook", "data/playbook")
EXAMPLES = _folder("examples", "data/examples")
APP = _folder("app.py", "app.py")
CORPUS = Path(__file__).parent.parent / "data" / "corpus"
READINGS = CORPUS.with_name("labels")
MEASURED = CORPUS.with_name("measure")
"""In a checkout only: nothing but training, measuring and the page about the corpus needs what turns were annotated for
it, readings of public texts, and turns to measure on."""
MODEL_VARIABLE, PLAYBOOK_VARIABLE = "CSR_ASSIST_MODEL", "CSR_ASSIST_PLAYBOOK"
"""Environment variables that name a detector and a playbook other than the shipped ones."""


def model_folder(given: Path | None = None) -> Path:
    """The detector in use: the one that is given, else what the environment names, else the shipped one."""
    return given or Path(os.environ.get(MODEL_VARIABLE) or MODEL)


def database_url() -> str:
    """Where the store is: ``CSR_ASSIST_DATABASE_URL``, or a file of this user's.

    Raises:
        StoreError: there is no place for that file.
    """
    if url := os.environ.get("CSR_ASSIST_DATABASE_URL"):
        return url
    folder = user_data_path(_APP)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made ({error.strerror}); set CSR_ASSIST_DATABASE_URL") from None
    return f"sqlite:///{folder / 'csr-assist.db'}"


class Kit:
    """Detector, playbook and index, each loaded when first needed and then shared.

    Args:
        model: folder of the detector; by default what the environment names, else the shipped one.
        playbook: folder of the playbook, likewise.
    """

    def __init__(self, model: Path | None = None, playbook: Path | None = None) -> None:
        self._model = model_folder(model)
        self._playbook = playbook or Path(os.environ.get(PLAYBOOK_VARIABLE) or PLAYBOOK)

    def check(self) -> None:
        """Raise now what would be raised when the detector or the playbook is first needed."""
        load_manifest(self._model)
        load_playbook(self._playbook)

    @cached_property
    def detector(self) -> OnnxDetector:
        """The detector; raises ModelError when it is absent or damaged."""
        return OnnxDetector(self._model)

    @cached_property
    def playbook(self) -> Playbook:
        """The playbook; raises PlaybookError when it does not validate."""
        return load_playbook(self._playbook)

    @cached_property
    def advisor(self) -> Advisor:
        """The advisor, with the playbook's sentences encoded once and kept in the user's cache."""
        return Advisor(self.playbook, self._index())

    def assistant(self) -> Assistant:
        """A new assistant that has heard nothing yet."""
        return Assistant(self.detector, self.advisor)

    def _index(self) -> OptionIndex:
        texts = [text for _, text in heard(self.playbook)]
        key = hashlib.sha256("\0".join([*self.detector.manifest.sha256.values(), *texts]).encode()).hexdigest()
        cache = user_cache_path(_APP) / f"playbook-{key[:16]}.npy"
        if cache.is_file():
            try:
                return OptionIndex(self.playbook, np.load(cache, allow_pickle=False))
            except (ValueError, EOFError, OSError):
                pass  # cut short by a full disk or a kill: made anew below
        vectors = self.detector.meanings(texts)
        with suppress(OSError):  # a home that cannot be written to costs a few seconds at the next start
            cache.parent.mkdir(parents=True, exist_ok=True)
            part = cache.with_suffix(f".{os.getpid()}.npy")
            np.save(part, vectors)
            part.replace(cache)
        return OptionIndex(self.playbook, vectors)
