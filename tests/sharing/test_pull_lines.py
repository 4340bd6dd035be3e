"""What `kit runs pull` has to say of many runs is said once, when all have come."""

from kit import paths, runs
from tests.sharing.teammate import leave


def test_an_ensemble_whose_runs_come_with_it_lacks_nothing(here, make_run, team):
    made = [make_run(name, seed=seed) for seed, name in enumerate("xyz")]  # an ensemble's id comes before theirs
    whole = runs.find(here("ensemble", "tiny-stripes", *(run.id for run in made[:2])).stdout.splitlines()[-1])
    here("runs", "push", whole.id, *(run.id for run in made), "--store", str(team))
    for run in (whole, *made):
        leave(run)
    assert "came without" not in here("runs", "pull", "--store", str(team)).stderr
    assert (paths.runs() / whole.id / "pulled.json").exists()


def test_one_reason_of_several_runs_is_one_line(here, make_run, team):
    """Two have damaged manifests, another a file that is not what its own says."""
    made = [make_run(name) for name in "abcd"]
    here("runs", "push", *(run.id for run in made), "--store", str(team))
    for run in made:
        leave(run)
    for run in made[:2]:
        (team / run.id / "manifest.json").write_text("[]")
    (team / made[2].id / "oof.npz").write_bytes(b"")
    done = here("runs", "pull", "--store", str(team), check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith("refused: ")]
    assert len(lines) == 2 and done.stderr.count(made[1].id) == 1
    assert lines[0].startswith(f"refused: {made[0].id}: ") and lines[0].endswith(f"for the same reason {made[1].id}")
    assert made[2].id in lines[1] and "same reason" not in lines[1]
    assert done.stderr.splitlines()[-1] == "kit: 3 of 4 runs were refused" and made[3].id in done.stdout
