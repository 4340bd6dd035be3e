"""The verdict on a GPU. None is here: what is tested is that it says so, and that the timed product is a right one."""

import keras
import pytest

from kit.errors import KitError
from kit.learn import device
from kit.learn.cost import device_check


def test_without_a_gpu_it_is_one_line_and_a_failure(here):
    if device.gpus():
        pytest.skip("there is a GPU")
    done = here("doctor", "--gpu", check=False)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.startswith("kit: no GPU; received cpu:0; ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_the_product_is_timed(kind):
    assert device_check.milliseconds(kind, size=64) > 0


def test_a_product_that_is_wrong_is_not_a_verdict(monkeypatch):
    monkeypatch.setattr(keras.ops, "matmul", lambda a, b: a * 1.1)
    with pytest.raises(KitError, match="computes wrongly in float32"):
        device_check.milliseconds("float32", size=64)


def test_a_gpu_that_is_seen_but_does_not_compute_says_what_to_try(monkeypatch):
    def fails(kind):
        raise RuntimeError("no kernel image is available for execution on the device\nmore")

    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind=None: ["gpu:0"])
    monkeypatch.setattr(device_check, "milliseconds", fails)
    with pytest.raises(KitError, match="does not compute; received no kernel image is .* on the device; .*gpu-jax"):
        device_check.verdict()
