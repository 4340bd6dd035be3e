"""What is chosen for the device at hand, and that it changes how a training runs but not what it means."""

import json

import keras
import numpy as np
import pytest

from kit import predictions, runs
from kit.config import Config, resolve
from kit.errors import ConfigError
from kit.learn import device, networks
from kit.learn.fit import checkpoints, loop
from kit.learn.fit.checkpoints import State
from kit.learn.fit.loop import Stage
from kit.learn.networks import weights
from kit.targets import Classes
from kit.targets.links import softmax

TWO = {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}


def _gpu(monkeypatch, capability, count=1, backend="jax"):
    names = [f"gpu:{number}" for number in range(count)]
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind=None: names)
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    monkeypatch.setattr(device, "capability", lambda: capability)


@pytest.mark.parametrize(
    ("capability", "expected"),
    [((9, 0), "mixed_bfloat16"), ((8, 0), "mixed_bfloat16"), ((7, 5), "mixed_float16"), ((6, 0), "float32"), (None, "float32")],
)  # fmt: skip
def test_precision_follows_the_tensor_cores(monkeypatch, capability, expected):
    _gpu(monkeypatch, capability)
    assert device.precision(Config()) == expected and device.precision(Config(precision="float32")) == "float32"
    said = device.describe(Config())
    assert f"trains in {expected} (auto: " in said and "XLA (auto: always under JAX)" in said


@pytest.mark.parametrize(
    ("flags", "backend", "backbone", "expected"),
    [("sse4_2 avx512_bf16", "tensorflow", "cnn", "mixed_bfloat16"), ("amx_bf16", "tensorflow", "resnet50", "mixed_bfloat16"),
     ("amx_bf16", "tensorflow", "mobilenet_v2_1.00", "float32"), ("amx_bf16", "jax", "resnet9", "float32"),
     ("avx512f", "tensorflow", "resnet9", "float32"), (None, "tensorflow", "resnet9", "float32")],
)  # fmt: skip
def test_precision_on_a_cpu_follows_its_instructions(monkeypatch, tmp_path, flags, backend, backbone, expected):
    _gpu(monkeypatch, None, count=0, backend=backend)
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind=None: ["cpu:0"])
    monkeypatch.setattr(device, "CPUS", tmp_path / "cpuinfo")
    if flags:
        (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : fpu {flags} rdtscp\n")
    config = Config(backbone=backbone)
    assert device.precision(config) == expected
    said = "a CPU with instructions for it" if expected == "mixed_bfloat16" else "a CPU"
    assert f"trains in {expected} (auto: {said})" in device.describe(config)


def test_without_a_gpu_xla_is_only_under_jax(monkeypatch):
    if device.gpus():
        pytest.skip("there is a GPU")
    assert device.capability() is None
    assert device.jit_compile() == (keras.backend.backend() == "jax") and device.jit_compile("on")
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    assert device.jit_compile("off")  # JAX knows nothing else


def test_an_unknown_precision_is_refused():
    with pytest.raises(ConfigError, match="unknown precision 'bf16'; expected auto or float32 or"):
        resolve([("here", {"precision": "bf16"})])


def test_a_batch_size_left_open_is_settled_once_with_a_rate_to_suit(monkeypatch):
    assert device.resolve_auto_batch(Config(batch_size=48)) == Config(batch_size=48)
    assert device.resolve_auto_batch(Config(batch_size=0)) == Config() or device.gpus()
    _gpu(monkeypatch, (8, 0), count=2)
    assert device.resolve_auto_batch(Config(batch_size=0)) == Config(batch_size=1024, learning_rate=0.8)
    one = device.resolve_auto_batch(Config(batch_size=0, devices=1, optimizer="adamw", learning_rate=0.001))
    assert one.batch_size == 512 and one.learning_rate == 0.002


def test_several_gpus_are_used_under_jax_alone(monkeypatch):
    _gpu(monkeypatch, (8, 0), count=4)
    assert len(device.devices(Config())) == 4 and len(device.devices(Config(devices=2))) == 2
    assert "batches of 128 over 4 devices" in device.describe(Config())
    with pytest.raises(ConfigError, match="evenly over 4 devices; received 126 images; expected a multiple of 4"):
        device.devices(Config(batch_size=126))
    with pytest.raises(ConfigError, match="more than there are; received 5; expected 1 to 4"):
        device.devices(Config(devices=5))
    _gpu(monkeypatch, (8, 0), count=4, backend="tensorflow")
    assert device.devices(Config()) == ["gpu:0"] and "1 of 4 GPUs: only JAX" in device.describe(Config())
    with pytest.raises(ConfigError, match="only under JAX"):
        device.devices(Config(devices=2))


def test_the_policy_ends_with_the_training():
    with device.training_scope(Config(precision="mixed_bfloat16")):
        model = networks.NETWORKS["cnn"].build((8, 8, 1), 3, Config(backbone="cnn", width=4))
        with device.float32_scope():
            assert keras.config.dtype_policy().name == "float32"
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert keras.config.dtype_policy().name == "float32"
    assert {variable.dtype for variable in model.variables} == {"float32"}
    assert model.layers[1].compute_dtype == "bfloat16" and model.outputs[0].dtype == "float32"


def test_what_was_trained_in_mixed_precision_predicts_in_float32(here, prepared):
    words = ("tiny-stripes", "--folds", "1", "--set", "precision=mixed_bfloat16", "--set", "batch_size=0")
    done = here("train", *words, "--set", "epochs=8", "--set", "learning_rate=0.02")
    run = runs.find(done.stdout.splitlines()[-1])
    xla = "XLA (auto: always under JAX)" if keras.backend.backend() == "jax" else "no XLA (auto: slower on a CPU)"
    assert f"trains in mixed_bfloat16, {xla}, batches of 128" in done.stderr
    environment = json.loads((run.folder / "environment.json").read_text())
    assert environment["device"]["precision"] == "mixed_bfloat16" and environment["data_fingerprint"]
    stored = json.loads((run.folder / "config.json").read_text())
    assert stored["config"]["batch_size"] == 128 and stored["origin"]["batch_size"] == "auto"
    assert stored["config"]["jit_compile"] == "auto"

    model = networks.find(prepared, run.config).build((None, None, 1), 3, run.config)
    weights.load(model, run.member(0) / "model.weights.h5")
    test = predictions.load(run.test)
    images = np.load(run.folder.parents[1] / "data/tiny-stripes/cache/test.npy")
    views = [np.asarray(model(view)) for view in (images, images[:, :, ::-1])]
    expected = np.mean([softmax(view) for view in views], axis=0)
    assert np.abs(test.values - expected).max() < 1e-5 and np.ptp(expected) > 0.02


def test_two_devices_learn_what_one_does(kit, prepared):
    words = ("tiny-stripes", "--folds", "1", "--set", "epochs=3", "--set", "patience=2", "--set", "mixup=0.2")
    ran = {}
    for count in (1, 2):
        done = kit("train", *words, "--set", f"devices={count}", **TWO)
        run = runs.find(done.stdout.splitlines()[-1])
        ran[count] = run
        assert ("over 2 devices" in done.stderr) == (count == 2)
    one, two = (_history(run) for run in ran.values())
    assert one.keys() == two.keys() and np.ptp(one["loss"]) > 0.01
    for key in ("loss", "stopping_loss"):
        assert np.allclose(one[key], two[key], rtol=1e-3), (key, one, two)
    a, b = (predictions.load(run.test).values for run in ran.values())
    assert np.allclose(a, b, atol=1e-3)
    done = kit("train", *words, "--set", "devices=2", "--set", "batch_size=15", **TWO, check=False)
    assert done.returncode == 2 and "cannot be split evenly over 2 devices" in done.stderr


def _history(run):
    lines = [line.split(",") for line in (run.member(0) / "history.csv").read_text().splitlines()]
    return {key: [float(value) for value in values] for key, *values in zip(*lines, strict=True)}


def test_float16_trains_with_a_scaled_loss_and_resumes(tmp_path):
    draw = np.random.default_rng(0)
    images, targets = draw.random((32, 4, 4, 1), np.float32), np.eye(3, dtype=np.float32)[np.arange(32) % 3]
    config = Config(precision="mixed_float16", learning_rate=0.05, ema=0.9, accumulate=2)
    with device.training_scope(config):
        model, again = _learner(config, 40), _learner(config, 40)
    assert model.layers[-1].compute_dtype == "float16"
    losses = [float(model.train_on_batch(images, targets)[0]) for _ in range(20)]
    state = checkpoints.write(model, tmp_path, State(epoch=1))
    checkpoints.restore(again, tmp_path, state)
    assert losses[-1] < losses[0] - 0.01
    for one in (model, again):
        one.train_on_batch(images, targets)
    assert all(np.array_equal(a, b) for a, b in zip(_values(model), _values(again), strict=True))


def _learner(config, steps):
    """A linear network, whose gradients do not depend on the other images of a batch, as those behind a BatchNorm do."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    loop.compile_model(model, Classes(("a", "b")), config, steps, Stage(1, 8))
    return model


def _values(model):
    """Weights, and with them their average."""
    own = model.get_weights()
    model.optimizer.finalize_variable_values(model.trainable_variables)
    return own + model.get_weights()


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_two_accumulated_batches_are_one_of_twice_the_size_and_survive_a_resume(tmp_path, optimizer):
    draw = np.random.default_rng(0)
    images, targets = draw.random((64, 4, 4, 1), np.float32), np.eye(3, dtype=np.float32)[draw.integers(0, 3, 64)]
    config = Config(optimizer=optimizer, learning_rate=0.05, ema=0.9)
    whole, halves = (
        _learner(config, 40),
        _learner(Config(**{**vars(config), "accumulate": 2}), 80),
    )  # of which 4 and 8 are taken
    for start in range(0, 64, 16):
        whole.train_on_batch(images[start : start + 16], targets[start : start + 16])
    for start in range(0, 64, 8):
        if start == 24:  # in the middle of a step: the gradients of one batch wait for the next
            state = checkpoints.write(halves, tmp_path, State(epoch=1))
            halves = _learner(Config(**{**vars(config), "accumulate": 2}), 80)
            checkpoints.restore(halves, tmp_path, state)
        halves.train_on_batch(images[start : start + 8], targets[start : start + 8])
    halves.train_on_batch(images[:8], targets[:8])  # no step, but the rest of the average's last one
    begun, a, b = _learner(config, 40).get_weights(), _values(whole), _values(halves)
    assert all(np.allclose(one, other, atol=2e-6) for one, other in zip(a, b, strict=True))
    assert np.abs(a[0] - begun[0]).max() > 0.01 and np.abs(a[0] - a[2]).max() > 1e-3
