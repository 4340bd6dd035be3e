"""Where MLflow's copies go, whether they are wanted, and how long a dead server may hold anybody up."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from kit import paths
from kit.errors import ConfigError, DataError, TrackingError

ENVIRONMENT = {  # for this process, unless set otherwise; MLflow's own defaults wait for 2 minutes, 8 times
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",  # seconds, for the connection and again for each answer
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # which is for a verb's result
    "MLFLOW_DISABLE_TELEMETRY": "true",  # it would report its use to its makers
    "GIT_PYTHON_REFRESH": "quiet",
}


def is_wanted() -> bool:
    """Whether runs are exported as they finish: yes with a server in MLFLOW_TRACKING_URI or with KIT_TRACK=1, no with
    KIT_TRACK=0. That MLflow is installed says nothing: the lock files bring it to everybody.
    """
    chosen = os.environ.get("KIT_TRACK")
    return chosen != "0" if chosen else bool(os.environ.get("MLFLOW_TRACKING_URI"))


def address() -> str:
    """A server's, or of an SQLite file: $MLFLOW_TRACKING_URI, else runs/mlflow/mlflow.db. Raises ConfigError for others."""
    chosen = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{paths.tracking() / 'mlflow.db'}"
    if urlsplit(chosen).scheme not in ("http", "https", "sqlite"):
        raise ConfigError(
            "MLFLOW_TRACKING_URI is no place to export to",
            received=redact(chosen),
            expected="http://HOST:PORT, https://... or sqlite:///FILE",
        )
    return chosen


def redact(uri: str) -> str:
    """An address as it may be printed: without user and password."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.netloc else uri


@contextmanager
def connect() -> Iterator[Any]:
    """MLflow's client. Raises ConfigError if MLflow is not installed, TrackingError for whatever fails within the block."""
    if find_spec("mlflow") is None:
        raise ConfigError("MLflow is not installed", do="pip install 'mlflow-skinny>=3.17' alembic sqlalchemy")
    where = address()
    for key, value in ENVIRONMENT.items():
        os.environ.setdefault(key, value)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    for name in ("mlflow", "alembic"):  # they announce each table that they create
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield MlflowClient(where)
    except (MlflowException, RequestException, SQLAlchemyError) as error:
        damaged = "" if where.startswith("http") else "; should the file be damaged, remove it first"
        raise TrackingError(
            f"MLflow at {redact(where)} failed", received=_cause(str(error)), do=f"later: kit runs sync{damaged}"
        ) from error


def _cause(words: str) -> str:
    """The cause of a failed request stands last, behind its whole address; of other errors, the first line says it."""
    _, caused, last = words.rpartition("Caused by ")
    return last.rstrip(")")[:200] if caused else words.strip().split("\n")[0][:200]


@contextmanager
def lock_exports() -> Iterator[None]:
    """Waits until no other process here is exporting: two would make two copies of one run, or the SQLite tables twice."""
    paths.tracking().mkdir(parents=True, exist_ok=True)
    with open(paths.tracking() / ".lock", "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def experiment(client: Any, slug: str) -> str:
    """The id of the competition's experiment, made if there is none. Raises DataError if its files lie elsewhere than here."""
    local = address().startswith("sqlite:")
    own = (paths.tracking() / "artifacts" / slug).as_uri() if local else None
    existing = client.get_experiment_by_name(slug)
    if existing is None:
        return str(client.create_experiment(slug, artifact_location=own))
    if existing.lifecycle_stage == "deleted":
        client.restore_experiment(existing.experiment_id)
    if local and existing.artifact_location != own:
        raise DataError(
            "MLflow's file was begun when this folder had another path, and holds such paths",
            received=existing.artifact_location,
            expected=own,
            do=f"remove {paths.tracking()} and repeat: kit runs sync writes it anew",
        )
    return str(existing.experiment_id)
