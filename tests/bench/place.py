"""Where the benchmarks work: an empty $KIT_HOME, in which they call the real CLI."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
BACKBONES = {  # backbone -> file in the folder of weights
    "mobilenet_v2_1.00": "mobilenet_v2_1.0_224_no_top_from_int8.h5",
    "mobilenet_1.00": "mobilenet_1_0_224_no_top_from_uint8.h5",
    "mobilenet_v2_0.35": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
}

KERAS_FILES = {  # backbone -> what Keras calls the file that it downloads
    "mobilenet_v2_1.00": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    "mobilenet_1.00": "mobilenet_1_0_224_tf_no_top.h5",
    "mobilenet_v2_0.35": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
}


@dataclass(frozen=True)
class Place:
    """Where a benchmark works and finds what it needs."""

    home: Path
    archives: Path
    weights: Path

    def kit(self, *words: str) -> tuple[list[str], float, int]:
        """(lines of stdout, seconds, peak resident MiB of its largest process) of one call of the CLI."""
        started = time.monotonic()
        environment = {**os.environ, "KIT_HOME": str(self.home), "KERAS_HOME": str(self.home / "keras")}
        process = subprocess.Popen(
            [sys.executable, "-m", "kit", *words], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
        )
        out = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise click.ClickException(f"kit {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
        return out, time.monotonic() - started, usage.ru_maxrss // 1024

    def measured(self, module: str, *words: str) -> list[str]:
        """The lines that another process of tests.bench.<module> prints."""
        command = [sys.executable, "-m", f"tests.bench.{module}", *words]
        environment = {**os.environ, "KIT_HOME": str(self.home)}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT, check=True)
        return done.stdout.splitlines()

    def fetched(self, slug: str) -> float:
        """Seconds from the archive to prepared data."""
        _, taking, _ = self.kit("download", slug, "--from", str(self.archives / f"{slug}.zip"))
        _, preparing, _ = self.kit("prepare", slug)
        return taking + preparing

    def keep_weights(self) -> None:
        """Puts the backbones' weights where Keras would have left them after a download."""
        folder = self.home / "keras" / "models"
        folder.mkdir(parents=True)
        for backbone, file in BACKBONES.items():
            (folder / KERAS_FILES[backbone]).symlink_to(self.weights / file)

    def metrics(self, run: str) -> dict:
        return json.loads((self.home / "runs" / run / "metrics.json").read_text())
