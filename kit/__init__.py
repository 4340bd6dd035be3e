"""From a raw Kaggle image competition archive to a validated submission, and to an honest estimate of its score.

What a notebook or another program calls, in the order of the work; each is loaded when it is first asked for. Probabilities are
float32 (rows, classes) that sum to 1, with an id for each row beside them; images are uint8 (N, H, W, C). Every error is a
kit.errors.KitError, with one line that says what is wrong and what to do.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.data.prepare import prepare
    from kit.ensemble.build import ensemble as build_ensemble
    from kit.kaggle.fetch import fetch_archive
    from kit.learn.competitions import load_competition
    from kit.learn.open import open_network
    from kit.learn.predict_again import predict_again
    from kit.learn.predict_photos import predict_photos
    from kit.learn.settings import resolve_settings
    from kit.learn.train import train
    from kit.pipeline import run_all
    from kit.predictions import load as load_predictions
    from kit.report.subject import load as report_data
    from kit.runs import find as find_run
    from kit.sharing.import_run import import_run
    from kit.submission.build import build as build_submission
    from kit.submission.check import build_or_read_checked as check_submission
    from kit.submission.upload import send as send_submission

__version__ = "0.2.0"
__all__ = [
    "build_ensemble",
    "build_submission",
    "check_submission",
    "fetch_archive",
    "find_run",
    "import_run",
    "load_competition",
    "load_predictions",
    "open_network",
    "predict_again",
    "predict_photos",
    "prepare",
    "report_data",
    "resolve_settings",
    "run_all",
    "send_submission",
    "train",
]
_KERAS = ("open_network", "predict_again", "predict_photos", "train")
_PLACES = {
    "build_ensemble": ("kit.ensemble.build", "ensemble"),
    "build_submission": ("kit.submission.build", "build"),
    "check_submission": ("kit.submission.check", "build_or_read_checked"),
    "fetch_archive": ("kit.kaggle.fetch", "fetch_archive"),
    "find_run": ("kit.runs", "find"),
    "import_run": ("kit.sharing.import_run", "import_run"),
    "load_competition": ("kit.learn.competitions", "load_competition"),
    "load_predictions": ("kit.predictions", "load"),
    "open_network": ("kit.learn.open", "open_network"),
    "predict_again": ("kit.learn.predict_again", "predict_again"),
    "predict_photos": ("kit.learn.predict_photos", "predict_photos"),
    "prepare": ("kit.data.prepare", "prepare"),
    "report_data": ("kit.report.subject", "load"),
    "resolve_settings": ("kit.learn.settings", "resolve_settings"),
    "run_all": ("kit.pipeline", "run_all"),
    "send_submission": ("kit.submission.upload", "send"),
    "train": ("kit.learn.train", "train"),
}


def __getattr__(name: str) -> Any:
    """One of __all__, from the module that it lives in (PEP 562): importing the kit loads none of them."""
    if name not in _PLACES:
        raise AttributeError(f"module 'kit' has no attribute {name!r}")
    if name in _KERAS:
        importlib.import_module("kit.learn.backend").load()  # quietly
    module, own = _PLACES[name]
    return getattr(importlib.import_module(module), own)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
