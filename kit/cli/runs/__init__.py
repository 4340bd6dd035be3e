"""`kit runs`: what was tried. Each subverb lives in its own module, loaded only when called; without one, the list."""

import click

from kit.cli.lazy import Lazy

# Subverb -> what it does. The module is kit.cli.runs.<subverb>, with _ for -.
SUBVERBS = {
    "list": "every run and its score out of fold; what `kit runs` alone does",
    "compare": "what differs between runs, and whether one is better beyond noise",
    "push": "predictions and records of runs to the team: a folder, a URL, a Kaggle dataset",
    "remote": "what the team has there: whose runs, and how they score",
    "folds": "take the team's folds, which lie beside its runs",
    "pull": "runs of the team, checked on arrival",
    "import": "predictions made elsewhere, as a run: checked, scored, and joined like any other",
    "archive": "hide runs from the list (--undo shows them again)",
    "rename": "give a run another name in its id, or its folder the id back",
    "note": "a line about a run, and tags to find it by, shown in the list",
    "delete": "move runs, or only their weights, out of the way",
    "restore": "bring deleted runs back",
    "empty-trash": "remove deleted runs for good",
    "sync": "export to MLflow what is missing there",
}


class Runs(Lazy):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`kit runs`, `kit runs SLUG` and `kit runs --json` are about the list."""
        if not args or args[0] not in (*SUBVERBS, *ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.command(
    cls=Runs,
    package="kit.cli.runs",
    verbs=SUBVERBS,
    title="Subverbs",
)
def command() -> None:
    """What was tried, and how it scored out of fold.

    \b
    kit runs cifar-10 --where 'score>0.9' --sort score    the list
    kit runs compare RUN RUN                              two configurations, and the gain
    kit runs push RUN --store /mnt/team                   a teammate runs: kit runs pull --store /mnt/team
    kit runs sync        to MLflow what is missing there
    """
