"""What pyproject.toml cannot say: a wheel carries competitions/, whose folders have names that no package can have."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithCompetitions(build_py):
    """Copies the built-in competitions beside the package, as kit_competitions/ (kit.plugins.BUILT_IN)."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # there the checkout's own folder is used
            return
        for path in Path("competitions").rglob("*"):
            if path.suffix in (".py", ".md"):  # source alone: nothing else that may lie there is for others
                target = Path(self.build_lib, "kit_competitions", *path.parts[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


setup(cmdclass={"build_py": WithCompetitions})
