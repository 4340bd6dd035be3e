"""kit kernel build"""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import ConfigError
from kit.learn import backend
from kit.stats.digits import write_size


@click.command()
@options.slug_argument
@click.option(
    "--run", metavar="RUN", help="The run, or ensemble, to predict with; in mode train: whose settings to train."
)
@click.option("--mode", type=click.Choice(["predict", "train"]), default="predict", show_default=True)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Mode train: any setting of kit.config.")
@click.option("--name", help="Of the kernel; a slug. Default: SLUG-MODE, cut where that is too long.")
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
def command(
    obj: GlobalOptions,
    /,
    slug: str,
    run: str | None,
    mode: str,
    overrides: tuple[str, ...],
    name: str | None,
    accelerator: str | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Write a kernel that runs with the internet off, and the private dataset it needs, into kernels/NAME."""
    from kit import paths, runs
    from kit.kaggle import names
    from kit.kernel import bundle
    from kit.kernel.options import Options

    competition = obj.competition(slug)
    name = name or names.choose_kernel(slug, mode)
    how = Options(name, accelerator or ("gpu" if mode == "train" else "none"), **chosen)
    folder, source = paths.kernels() / name, runs.find(run) if run else None
    if mode == "predict":
        if source is None or overrides:
            raise ConfigError("mode predict needs --run RUN, and takes no --set", do="`kit runs` lists them")
        backend.load()
        bundle.build_for_run(folder, competition, source, how)
    else:
        config, origin = _configuration(competition, source, overrides)
        backend.load()
        bundle.build_for_training(folder, competition, config, origin, how)
    size = bundle.size(folder)
    options.result(
        {"folder": str(folder), "bytes": size, "name": name},
        f"{write_size(size)} to push\n{folder}",
        as_json=as_json,
    )
    options.next_step(f"kernel try {name}   (then: kit kernel push {name})")


def _configuration(competition: Any, source: Any, overrides: tuple[str, ...]) -> Any:
    """(Config, origin) of a training: those of the run, if one is given, under the command line."""
    import dataclasses

    from kit.learn.settings import resolve_settings

    if source is not None and source.kind != "train":
        raise ConfigError("mode train takes the settings of a trained run", received=f"{source.id}, {source.kind}")
    return resolve_settings(competition, dataclasses.asdict(source.config) if source else {}, {}, overrides)
