"""`pytest --quick`: a test that loads Keras or starts a process is skipped when it does, so there is no list to keep."""

import multiprocessing.process
import subprocess
import sys

import pytest

SLOW = ("jax", "keras", "tensorflow")


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="Skip what loads Keras or starts a process.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):  # what starts the workers of xdist is over by now
    config = session.config
    shares_out = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if config.getoption("--quick") and not shares_out:
        sys.meta_path.insert(0, _NoKeras)
        subprocess.Popen.__init__ = _skipping(subprocess.Popen.__init__, _is_slow)
        multiprocessing.process.BaseProcess.start = _skipping(multiprocessing.process.BaseProcess.start)


class _NoKeras:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in SLOW:
            _skip(f"loads {name}")


def _skipping(original, concerned=lambda *_: True):
    def instead(self, *arguments, **options):
        if concerned(*arguments):
            _skip("starts a process")
        return original(self, *arguments, **options)

    return instead


def _is_slow(command, *_) -> bool:
    return command[0] not in ("git", "uname")  # which each run is asked about


def _skip(why: str) -> None:
    pytest.skip(f"{why}: not quick", allow_module_level=True)
