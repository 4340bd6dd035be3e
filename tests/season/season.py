"""What the scenes of a season share: the team, the store, Kaggle, the runs by name, and the claims."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from tests.kaggle_server import Kaggle
from tests.season import figures
from tests.season.claims import Claims
from tests.season.members import Member
from tests.season.world import SLUG, World

SCORE = 1e-5  # as far as Kaggle's five digits may be from the score


@dataclass
class Season:
    """members: Ann, Bob, Cyd. store: the team's shared folder. runs: ids, by the name that the scenes give them."""

    world: World
    kaggle: Kaggle
    members: tuple[Member, Member, Member]
    store: Path
    claims: Claims = field(default_factory=Claims)
    runs: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, int]:
        return figures.read_labels(self.members[0].home / "data" / SLUG / "raw" / "train.csv")

    @property
    def truth(self) -> dict[str, int]:
        return dict(zip(self.world.ids, self.world.truth.tolist(), strict=True))

    def rows(self, public: bool) -> set[str]:
        return {name for name, shown in zip(self.world.ids, self.world.public.tolist(), strict=True) if shown == public}

    def counted(self) -> list[str]:
        """Of each upload that Kaggle counted, the sha256 that its message has."""
        return [one["description"].split()[-1] for one in self.kaggle.submissions]

    def name(self, run: str) -> str:
        return next((name for name, one in self.runs.items() if one == run), run)

    def folder(self, name: str) -> Path:
        """Of that run, at the first member who has it."""
        return next(path for one in self.members if (path := one.home / "runs" / self.runs[name]).is_dir())


def check_run(season: Season, name: str) -> None:
    """Score and error out of fold, from its predictions and the labels alone."""
    folder = season.folder(name)
    told = json.loads((folder / "metrics.json").read_text())
    score, error = figures.accuracy(folder, season.labels)
    season.claims.equal(f"{name}: accuracy out of fold", told["score"], score, within=1e-9)
    season.claims.equal(f"{name}: its error", told["error"], error, within=1e-3)


def send(season: Season, member: Member, name: str) -> None:
    """Sends a run. Raises AssertionError if Kaggle did not count it."""
    done = member.run("submit", SLUG, season.runs[name], "--send", "--wait")
    if done.returncode:
        raise AssertionError(done.stderr)
    check_public_score(season, member, name)


def check_public_score(season: Season, member: Member, name: str) -> None:
    """Kaggle's, of the submission of a run, against that of the file at the member who sent it."""
    [file] = (member.home / "runs" / season.runs[name]).glob("submission*.csv")
    one = [entry for entry in season.kaggle.submissions if season.runs[name] in entry["description"]][-1]
    independent = figures.score_file(file, season.truth, season.rows(public=True))
    season.claims.equal(f"{name}: public score of its file", float(one["publicScore"]), independent, within=SCORE)
