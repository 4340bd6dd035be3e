"""The verbs. Each lives in its own module, loaded only when called: `kit --help` imports neither tensorflow nor kaggle."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from kit import __version__, signals
from kit.cli.lazy import Lazy
from kit.errors import DataError, KitError
from kit.suggest import complete

# In the order a competitor meets them: verb -> what it does. The module is kit.cli.<verb>, with _ for -.
VERBS = {
    "list": "the competitions this kit knows",
    "doctor": "what is installed, devices, Kaggle token, free space",
    "new": "start a folder for another competition",
    "download": "fetch a competition's archive from Kaggle, or take one from disk",
    "prepare": "extract, check and decode the data once, and write the folds",
    "augment-preview": "a sheet of augmented images: what training sees",
    "plan": "how long a training takes here and on Kaggle, and what fits a budget",
    "lr-find": "try rising learning rates for a hundred batches; a picture and a suggestion",
    "tune": "search settings with Optuna; fold 0 is not looked at, so its score is honest; resumable",
    "train": "train one model on each fold; ends with the run id",
    "predict": "what a finished run says of your own photos; or predict it again, with other TTA views",
    "ensemble": "one run of several, by a method chosen out of fold; ends with the run id",
    "diff": "what changes from one run or file to another, and what it may do to the score",
    "report": "one page about a run, or about a competition and all its runs",
    "review": "likely label errors and near-duplicates: look, correct, measure the effect",
    "submit": "build and check submission.csv; upload it with --send",
    "submissions": "every submission of the team, from Kaggle's list, joined with the runs",
    "leaderboard": "rank, medals, allowance; CV against public score, and what of it is noise",
    "team": "who has which runs, who sends what today, and what nobody has tried",
    "next": "which run is worth a submission, and why",
    "pick": "propose the final two: one safe, one different",
    "kernel": "predict or train inside a Kaggle kernel, internet off",
    "runs": "what was trained, and how it scored out of fold",
    "run": "all steps, with the competition's defaults",
    "demo": "the whole job on scikit-learn's digits, in two minutes",
    "completion": "what makes a shell complete verbs, options, competitions and runs",
}


@click.command(
    cls=Lazy,
    package="kit.cli",
    verbs=VERBS,
    title="Verbs, in the order you meet them",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="kit")
@click.option(
    "--competitions",
    "extra",
    metavar="DIR",
    multiple=True,
    envvar="KIT_COMPETITIONS",
    type=click.Path(file_okay=False),
    help="A further folder of competition folders; may be repeated; else those of $KIT_COMPETITIONS, with : between.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def kit(ctx: click.Context, extra: Sequence[str], debug: bool) -> None:
    """From a raw Kaggle image competition archive to a validated submission.

    State lives under $KIT_HOME (default: the current folder), in data/ and runs/. Results go to stdout, progress to stderr.

    \b
    The usual steps:
      kit download digit-recognizer       (or: --from digit-recognizer.zip)
      kit prepare digit-recognizer
      kit train digit-recognizer
      kit submit digit-recognizer RUN     (checks; add --send to upload)
    """
    from kit.cli import options

    ctx.obj = options.GlobalOptions(tuple(extra))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with the exit code of the error's family (see kit.errors)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    signals.watch()
    try:
        kit.main(words, prog_name="kit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        if hint := _say_what_to_type(error):
            click.echo(hint, err=True)
        sys.exit(error.exit_code)
    except KitError as error:
        if "--debug" in words:
            raise
        with kit.make_context("kit", list(words), resilient_parsing=True):  # what to do, as it has to be typed
            click.echo(f"kit: {complete(str(error))}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("kit: interrupted", err=True)
        signals.leave(130)
    except signals.Terminated as error:
        click.echo("kit: terminated", err=True)
        signals.leave(int(error.code or 0))
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:  # a full disk, a folder that may not be written: no fault of the kit, and no traceback
        if "--debug" in words:
            raise
        click.echo(f"kit: {error}", err=True)
        sys.exit(DataError.exit_code)
    sys.exit(0)


def _say_what_to_type(error: click.ClickException) -> str:
    """Of a mistake that is easily made; empty for any other. A store was once the value of --to and of --push."""
    from kit.cli.options import STORE

    if isinstance(error, click.NoSuchOption) and error.option_name != "--to":
        return _say_where_it_belongs(error)
    context = getattr(error, "ctx", None)
    of_store = context and any("--store" in option.opts for option in context.command.params)
    extra = "unexpected extra argument" in error.message and "/" in error.message
    former = isinstance(error, click.NoSuchOption) or extra
    return f"The team's store is named by {STORE}" if of_store and former else ""


def _say_where_it_belongs(error: click.NoSuchOption) -> str:
    """Of an option that a verb has not: before the verb, or behind --set; empty for any other."""
    from dataclasses import fields

    from kit.config import Config

    name, verb = error.option_name, error.ctx.command if error.ctx else kit
    if any(name in option.opts for option in kit.params):
        return f"It comes before the verb: kit {name}{' DIR' if name == '--competitions' else ''} VERB"
    setting = name.lstrip("-").replace("-", "_")
    settable = any("--set" in option.opts for option in verb.params)
    return (
        f"It is a setting: --set {setting}=VALUE"
        if settable and setting in {one.name for one in fields(Config)}
        else ""
    )
