"""`kit kernel`: a submission that Kaggle computes itself, with the internet off."""

from pathlib import Path
from typing import Any

import click

from kit.cli import backend, options
from kit.cli.options import Settings
from kit.errors import ConfigError


@click.group("kernel", short_help="predict or train inside a Kaggle kernel, internet off")
def command() -> None:
    """A submission that Kaggle computes itself, with the internet off: build, try here, push, fetch, submit.

    \b
    kit kernel build dogs-vs-cats --run RUN     a dataset (code, weights) and a kernel, in kernels/dogs-vs-cats-predict
    kit kernel try dogs-vs-cats-predict         runs it here as Kaggle would: its packages, no network
    kit kernel push dogs-vs-cats-predict        uploads and starts it
    kit kernel status dogs-vs-cats-predict
    kit kernel output dogs-vs-cats-predict      fetches and checks what it wrote; a trained run becomes a local run
    kit kernel submit dogs-vs-cats-predict      in a code competition: submits that version
    """


name_argument = click.argument("name", metavar="NAME")
timeout_option = click.option(
    "--timeout", type=click.FloatRange(min=0), default=3600.0, show_default=True, help="Seconds to wait at most."
)
poll_option = click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)


@command.command()
@options.slug_argument
@click.option(
    "--run", metavar="RUN", help="The run, or ensemble, to predict with; in mode train: whose settings to train."
)
@click.option("--mode", type=click.Choice(["predict", "train"]), default="predict", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Mode train: any setting of kit.config.")
@click.option("--name", help="Of the kernel; a slug. Default: SLUG-MODE.")
@click.option("--notebook", is_flag=True, help="A notebook instead of a script.")
@click.option("--single-file", is_flag=True, help="Code and weights inside the script; no dataset. For small bundles.")
@click.option(
    "--accelerator",
    metavar="none|gpu|SHAPE",
    help="SHAPE as Kaggle names it, such as NvidiaTeslaT4. Default: train gpu.",
)
@click.option(
    "--image", type=click.Choice(["original", "latest"]), default="original", show_default=True,
    help="Kaggle's image: the one of the first run for ever, or the latest.",
)  # fmt: skip
@options.json_option
@click.pass_obj
def build(
    settings_: Settings,
    /,
    slug: str,
    run: str | None,
    mode: str,
    settings: tuple[str, ...],
    name: str | None,
    accelerator: str | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Write a kernel that runs with the internet off, and the private dataset it needs, into kernels/NAME."""
    from kit import places, runs
    from kit.kernel import bundle

    competition = settings_.competition(slug)
    name = name or f"{slug}-{mode}"
    how = bundle.Options(name, accelerator or ("gpu" if mode == "train" else "none"), **chosen)
    folder, source = places.kernels() / name, runs.find(run) if run else None
    if mode == "predict":
        if source is None or settings:
            raise ConfigError("mode predict needs --run RUN, and takes no --set", do="`kit runs` lists them")
        backend.load()
        bundle.for_run(folder, competition, source, how)
    else:
        config, origin = _configuration(competition, source, settings)
        backend.load()
        bundle.for_training(folder, competition, config, origin, how)
    size = bundle.size(folder)
    options.result(
        {"folder": str(folder), "bytes": size, "name": name},
        f"{size / 1e6:.1f} MB to push\n{folder}",
        as_json=as_json,
    )
    options.next_step(f"kernel try {name}   (then: kit kernel push {name})")


def _configuration(competition: Any, source: Any, settings: tuple[str, ...]) -> Any:
    """(Config, origin) of a training: those of the run, if one is given, under the command line."""
    import dataclasses

    from kit.cli.train import resolved

    if source is not None and source.kind != "train":
        raise ConfigError("mode train takes the settings of a trained run", received=f"{source.id}, {source.kind}")
    return resolved(competition, dataclasses.asdict(source.config) if source else {}, {}, settings)


@command.command("try")
@name_argument
@click.option("--layout", type=click.Choice(["old", "new"]), default="new", show_default=True, help="Of /kaggle/input.")
@click.option("--python", metavar="PATH", help="With the packages of Kaggle's image. Default: that of make kernel-env.")
@options.json_option
@click.pass_obj
def try_(settings: Settings, name: str, layout: str, python: str | None, as_json: bool) -> None:
    """Run a built kernel here as Kaggle would: its packages, read-only inputs, an empty HOME, no network.

    Ends with an error unless it writes the same submission as the run it was built from.
    """
    from kit.kernel import bundle, trial

    folder = _folder(name)
    competition = settings.competition(bundle.manifest(folder)["slug"])
    interpreter = Path(python) if python else Path(trial.PYTHON)
    done = trial.run(folder, competition, layout=layout, python=interpreter)
    lines = {
        "submission": f"{done.submission} ({done.result['rows']} rows)",
        "agreement": done.agreement,
        "time": f"{done.seconds:.0f} s of {trial.HOURS} hours",
        "memory": f"{done.peak_mib} MiB of {trial.MEMORY_GIB} GiB",
        "network": "cut" if done.cut else "NOT cut: unshare is not allowed here",
    }
    value = {
        **done.result,
        "seconds": done.seconds,
        "peak_mib": done.peak_mib,
        "agreement": done.agreement,
        "cut": done.cut,
    }
    options.result(value, "\n".join(f"{key:<12}{text}" for key, text in lines.items()), as_json=as_json)
    options.next_step(f"kernel push {name}")


@command.command()
@name_argument
@timeout_option
@poll_option
@options.json_option
def push(name: str, timeout: float, poll: float, as_json: bool) -> None:
    """Upload the dataset, wait until it is ready, push the kernel and start it. The same dataset is not uploaded twice."""
    from kit.kernel import pushed

    kept = pushed.push(_folder(name), timeout_s=timeout, poll_s=poll)
    options.result(kept, f"{kept['kernel']} version {kept['version']} is running: {kept['url']}", as_json=as_json)
    options.next_step(f"kernel output {name} --wait")


@command.command()
@name_argument
@options.json_option
def status(name: str, as_json: bool) -> None:
    """Say how the version that was pushed last goes, and why it failed if it did."""
    from kit.kaggle import kernels
    from kit.kernel import pushed

    kernel, version = pushed.version(_folder(name))
    state, reason = kernels.status(kernel, version)
    value = {"kernel": kernel, "version": version, "status": state, "reason": reason}
    options.result(value, f"{kernel} version {version}: {state}{f' ({reason})' if reason else ''}", as_json=as_json)


@command.command()
@name_argument
@click.option("--wait", is_flag=True, help="Until the kernel has run to its end.")
@timeout_option
@poll_option
@options.json_option
@click.pass_obj
def output(settings: Settings, name: str, wait: bool, timeout: float, poll: float, as_json: bool) -> None:
    """Fetch what the version that was pushed last wrote, into a fresh folder, and check it against what it reported."""
    from kit.kaggle import kernels
    from kit.kernel import bundle, pushed
    from kit.submission import check

    folder = _folder(name)
    competition = settings.competition(bundle.manifest(folder)["slug"])
    if wait:
        kernels.wait(*pushed.version(folder), timeout_s=timeout, poll_s=poll)
    result = pushed.fetch(folder, competition)
    check.subject(competition, result["submission"])
    subject = result["run"] if result["mode"] == "train" else result["submission"]
    options.result(result, f"run           {result['run']}\nsubmission    {result['submission']}", as_json=as_json)
    options.next_step(f"submit {competition.slug} {subject} --send   (in a code competition: kit kernel submit {name})")


@command.command()
@name_argument
@click.option("--wait", is_flag=True, help="For the score.")
@click.option("--again", is_flag=True, help="Spend another submission on a version that was submitted before.")
@timeout_option
@poll_option
@click.option(
    "-m", "--message", "words", default="", help="What to say about it on Kaggle, before the kernel's version."
)
@options.json_option
def submit(name: str, wait: bool, again: bool, timeout: float, poll: float, words: str, as_json: bool) -> None:
    """In a code competition: submit the version that was pushed last. Kaggle runs it again on the hidden test set."""
    from dataclasses import asdict

    from kit import places
    from kit.kaggle import kernels
    from kit.kernel import bundle, pushed
    from kit.submission import message, records

    folder = _folder(name)
    manifest, built = bundle.manifest(folder), pushed.record(folder)["bundle"]
    kernel, version = pushed.version(folder)
    slug, subject, where = manifest["slug"], f"{kernel}/{version}", records.folder(manifest["slug"], None)
    with records.sending(slug):
        before = [record for record in records.every(slug, where) if record.file == subject]
        if before and not again and not wait:
            raise ConfigError(
                f"this version was submitted before, as submission {before[-1].ref} at {before[-1].when}",
                do="add --wait for its score, or --again to spend another submission on it",
            )
        if before and not again:
            kept = before[-1]
        else:
            kernels.wait(kernel, version, timeout_s=timeout if wait else 0, poll_s=poll)
            run = manifest.get("run") or ""
            words = f"{words} {kernel} version {version}".strip()
            text = message.write(words, run, built, places.runs() / run / "metrics.json")
            ref = kernels.submit(slug, kernel, version, text)
            kept = records.Record(slug, built, manifest.get("run"), subject, text, ref, records.now())
            records.write(where, kept)
    if wait:
        kept = records.await_score(kept, where, timeout_s=timeout, poll_s=poll)
    text = f"submission    {kept.ref}\nscore         {kept.public_score or 'not yet'}"
    options.result(asdict(kept), text, as_json=as_json)


def _folder(name: str) -> Path:
    """kernels/NAME under $KIT_HOME, or a path to it."""
    from kit import places

    return Path(name) if "/" in name else places.kernels() / name
