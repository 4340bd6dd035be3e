"""What pyproject.toml cannot say: a wheel carries competitions/, whose folders have names that no package can have."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


def _is_private(path: Path) -> bool:
    """Hidden, compiled, or Kaggle's token: what kit.plugins.files leaves out, too."""
    return path.name == "kaggle.json" or any(part.startswith(".") or part == "__pycache__" for part in path.parts)


class WithCompetitions(build_py):
    """Copies the built-in competitions beside the package, as kit_competitions/ (kit.plugins.BUILT_IN)."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # there the checkout's own folder is used
            return
        for path in Path("competitions").rglob("*"):
            if path.is_file() and not _is_private(path):
                target = Path(self.build_lib, "kit_competitions", *path.parts[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


setup(cmdclass={"build_py": WithCompetitions})
