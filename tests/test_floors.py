"""The floors of kit/: a file imports only from above it in FLOORS, also lazily or for types, and nothing goes in a circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# An entry stands for a file, or for all files of a room that have no entry of their own: those may import each other.
FLOORS = """
base      kit kit.errors kit.temporary kit.files kit.json_files kit.paths kit.suggest kit.progress kit.signals
          kit.arrays kit.fields
contract  kit.linear kit.discriminant kit.top_k kit.targets.links kit.targets.rows kit.targets.likelihood kit.targets.classes
          kit.targets.grades kit.targets.votes kit.targets.labels kit.targets.numbers kit.targets kit.competition kit.forms.form
          kit.forms.label kit.forms.probability kit.forms.labels kit.forms.ranking kit.forms.value kit.forms kit.config
          kit.predictions kit.metrics kit.learn.input.views kit.check_plugin kit.plugins
          kit.stats
data      kit.data kit.data.archives kit.data.archives.budget kit.data.archives.zip_layout kit.data.archives.limits
          kit.data.archives.sevenzip kit.data.archives.formats
          kit.data.archives.open_checked
          kit.data.archives.unpack kit.data.json_tables kit.data.tables kit.data.labels kit.data.classes_in_table
          kit.data.pixels kit.data.json_images kit.data.readers kit.data.class_parts kit.data.split_classes kit.data.columns
          kit.data.image_rows kit.data.splits
          kit.data.check_space kit.data.window kit.data.image_size kit.data.dicom kit.data.tiles kit.data.open_values
          kit.data.find_window kit.data.decode_image kit.data.decode_all kit.data.write_npy
          kit.data.strata kit.data.groups kit.data.deal_groups kit.data.holdout kit.data.cache_manifest kit.data.cache
          kit.data.write_cache kit.data.folds kit.data.keep_folds kit.data.corrections kit.data.near_duplicates
          kit.data.check kit.data.prepare
runs      kit.runs.environment kit.runs.author kit.runs.check_records kit.runs.history kit.runs.plugin kit.runs.run
          kit.runs.notes kit.runs kit.runs.scores kit.runs.provenance kit.runs.listing kit.runs.trash kit.runs.rename
kaggle    kit.kaggle kit.kaggle.names kit.kaggle.credentials kit.kaggle.client kit.kaggle.send_once
          kit.kaggle.archive kit.kaggle.staging
          kit.kaggle.download kit.kaggle.fetch kit.kaggle.submissions kit.kaggle.leaderboard kit.kaggle.datasets
          kit.kaggle.class_dataset kit.kaggle.kernels
blending  kit.ensemble kit.ensemble.pool kit.ensemble.mixtures kit.ensemble.stacking
          kit.ensemble.join_images
          kit.ensemble.method kit.ensemble.class_methods kit.ensemble.label_methods kit.ensemble.number_methods
          kit.ensemble.methods
          kit.ensemble.calibration kit.ensemble.decisions kit.ensemble.choose_method kit.ensemble.finish
          kit.ensemble.contribution kit.ensemble.build
learning  kit.learn kit.learn.input.resize kit.learn.networks
          kit.learn.networks.backbones kit.learn.backend kit.learn.device kit.learn.member
          kit.learn.recipe kit.learn.finite kit.learn.memory
input     kit.learn.input kit.learn.input.randaugment kit.learn.input.augment
          kit.learn.input.samples kit.learn.input.augmenter kit.learn.input.shared_memory kit.learn.input.loader
networks  kit.learn.networks.weights kit.learn.networks.batchnorm kit.learn.networks.cnn kit.learn.networks.resnet9
          kit.learn.networks.wide_resnet kit.learn.networks.airbench kit.learn.networks.pretrained kit.learn.networks.heads
          kit.learn.networks.units kit.learn.networks.columns kit.learn.networks.mlp
          kit.learn.trees kit.learn.trees.forest kit.learn.trees.grow kit.learn.trees.inputs
predict   kit.learn.predict kit.learn.predict.tta kit.learn.predict.choose_views kit.learn.predict.forward
          kit.learn.predict.extract_features
fit       kit.learn.fit kit.learn.fit.training_set kit.learn.fit.stages kit.learn.fit.batches kit.learn.fit.checkpoints
          kit.learn.fit.optimizers
          kit.learn.fit.schedules kit.learn.fit.loss kit.learn.fit.auxiliary kit.learn.fit.row_weights
          kit.learn.fit.device_augment kit.learn.fit.mixing kit.learn.fit.callback
          kit.learn.fit.loop
recipes   kit.learn.recipes.scratch kit.learn.recipes.teacher kit.learn.recipes.progressive
          kit.learn.recipes.many_classes kit.learn.recipes.features kit.learn.recipes.finetune kit.learn.recipes.distill
          kit.learn.recipes.pseudo kit.learn.recipes.stacked_on kit.learn.recipes.boosting kit.learn.recipes.mlp
          kit.learn.recipes kit.learn.settings
          kit.learn.competitions
a run     kit.learn.join kit.learn.train_member kit.learn.train kit.learn.predict_again kit.learn.predict_photos kit.learn.open
about it  kit.learn.cost kit.learn.cost.plan kit.learn.cost.timing kit.learn.cost.forecast kit.learn.cost.device_check
          kit.learn.search kit.learn.search.space kit.learn.search.lr_find kit.learn.search.tune
outcome   kit.submission kit.submission.table kit.submission.sample kit.submission.read
          kit.submission.read_back kit.submission.rows
          kit.submission.values kit.submission.validate kit.submission.build kit.submission.local kit.submission.packed
          kit.submission.check
          kit.submission.message kit.submission.records kit.submission.kaggle_list kit.submission.once kit.submission.upload
          kit.compare kit.compare.pair kit.compare.effect kit.compare.diff kit.compare.runs
          kit.leaderboard kit.leaderboard.ledger kit.leaderboard.board kit.leaderboard.agreement kit.leaderboard.overview
          kit.leaderboard.picture kit.leaderboard.shadow kit.leaderboard.candidates kit.leaderboard.next_steps
          kit.leaderboard.listed
          kit.leaderboard.private_board kit.leaderboard.final_two kit.leaderboard.post_mortem kit.leaderboard.team
looking   kit.report kit.report.subject kit.report.render.style kit.report.render.html kit.report.render kit.report.links
          kit.report.season_runs
          kit.report.sections.sheets kit.report.sections.calibration kit.report.sections.mistakes kit.report.sections.classes
          kit.report.sections.networks kit.report.sections
          kit.report.page kit.report.season kit.review
outside   kit.kernel kit.sharing kit.tracking kit.scaffold kit.pipeline
shell     kit.cli kit.__main__
"""
ENTRIES = [word for word in FLOORS.split() if word.partition(".")[0] == "kit"]


def _modules(root: Path) -> dict[str, Path]:
    files = {".".join(path.relative_to(root).with_suffix("").parts): path for path in (root / "kit").rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in sorted(files.items())}


def _imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Modules of the kit that a file imports, `from kit.a import b` as kit.a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in whole)


def _entry(name: str) -> int:
    return ENTRIES.index(max((entry for entry in ENTRIES if f"{name}.".startswith(f"{entry}.")), key=len))


def _upward(root: Path) -> list[str]:
    """Imports that point upward. Raises CycleError for a circle among files of one entry."""
    known, upward, within = _modules(root), [], {}
    for name, path in known.items():
        if name != "kit":  # whose exports, resolved when they are asked for, are the surface of all floors
            for other in _imports(path, known):
                if _entry(other) > _entry(name):
                    upward.append(f"{name} imports {other}")
                elif _entry(other) == _entry(name) and other != name:
                    within.setdefault(name, set()).add(other)
    TopologicalSorter(within).prepare()
    return upward


def test_files_import_only_from_above_and_nothing_goes_in_a_circle():
    assert [name for name in _modules(ROOT) if name != "kit" and _entry(name) == 0] == [], "without a floor"
    assert _upward(ROOT) == []


@pytest.mark.parametrize("line", ["from kit.learn import train", "def f():\n    import kit.cli.main"])
def test_an_import_upward_is_seen_wherever_it_stands(tmp_path, line):
    for name in (
        "kit/__init__.py",
        "kit/learn/__init__.py",
        "kit/learn/train.py",
        "kit/cli/__init__.py",
        "kit/cli/main.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "kit/metrics.py").write_text(line)
    assert len(_upward(tmp_path)) == 1


@pytest.mark.parametrize("room", ["kit.learn.input", "kit.learn.recipes"])
def test_neither_the_input_of_a_training_nor_the_facts_of_recipes_load_keras(room):
    names = [name for name in _modules(ROOT) if name.startswith(room)]
    assert len(names) > 4
    code = (
        f"import sys, {', '.join(names)}; print([one for one in ('keras', 'tensorflow', 'jax') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
