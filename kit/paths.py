"""Where things lie. The one module that knows whether the code runs inside a Kaggle kernel."""

import os
from dataclasses import dataclass
from pathlib import Path


def is_on_kaggle() -> bool:
    return "KAGGLE_KERNEL_RUN_TYPE" in os.environ


def expand_home(path: str) -> Path:
    """A path as somebody typed it, with their home for a ~. The ~ stays where the system knows no home of theirs."""
    return Path(os.path.expanduser(path))


def home() -> Path:
    """The folder that holds data/ and runs/: $KIT_HOME, else /kaggle/working in a kernel, else the current folder."""
    if chosen := os.environ.get("KIT_HOME"):
        return expand_home(chosen).resolve()
    return Path("/kaggle/working") if is_on_kaggle() else Path.cwd()


def runs() -> Path:
    return home() / "runs"


def submissions(slug: str, run: Path | None = None) -> Path:
    """The records of what was uploaded of the run in that folder, or of bare files for the competition."""
    return run / "submissions" if run else runs() / "submissions" / slug


def tracking() -> Path:
    """What MLflow keeps without a server: mlflow.db and artifacts/. Among the runs, which a container keeps, too."""
    return runs() / "mlflow"


def kernels() -> Path:
    """What `kit kernel build` writes, a folder per kernel."""
    return home() / "kernels"


@dataclass(frozen=True)
class DataFolders:
    """The folders and files of a competition's data, in the order the steps write them."""

    root: Path

    @property
    def archives(self) -> Path:
        """Bytes as Kaggle served them, with manifest.json (size, sha256)."""
        return self.root / "archives"

    @property
    def raw(self) -> Path:
        """Safely extracted, with manifest.json written last."""
        return self.root / "raw"

    @property
    def cache(self) -> Path:
        """Decoded uint8 arrays, ids, labels, the data check and the fingerprint."""
        return self.root / "cache"

    @property
    def folds(self) -> Path:
        """The one table that the whole team shares: id, fold."""
        return self.root / "folds.csv"

    @property
    def holdout(self) -> Path:
        """Training images that no model learns from (kit.data.holdout), if any; shared as folds.csv is."""
        return self.root / "holdout.csv"

    @property
    def corrections(self) -> Path:
        """What people decided about labels (kit.data.corrections); shared as folds.csv is."""
        return self.root / "corrections.csv"

    @property
    def review(self) -> Path:
        """What is to be looked at of the data: near-duplicates."""
        return self.root / "review"

    @property
    def features(self) -> Path:
        """Pooled backbone features, one file per (data, backbone, weights, size, view)."""
        return self.root / "features"

    @property
    def solution(self) -> Path:
        """Labels that a local competition sets aside itself; Kaggle's competitions have none."""
        return self.root / "solution.csv"


def data(slug: str) -> DataFolders:
    return DataFolders(home() / "data" / slug)
