"""kit kernel submit"""

import click

from kit.cli import options
from kit.cli.kernel import built


@click.command()
@built.name_argument
@click.option("--wait", is_flag=True, help="For the score.")
@click.option("--again", is_flag=True, help="Spend another submission on a version that was submitted before.")
@built.timeout_option
@built.poll_option
@click.option(
    "-m", "--message", "words", default="", help="What to say about it on Kaggle, before the kernel's version."
)
@options.json_option
def command(name: str, wait: bool, again: bool, timeout: float, poll: float, words: str, as_json: bool) -> None:
    """In a code competition: submit the version that was pushed last. Kaggle runs it again on the hidden test set."""
    from dataclasses import asdict

    from kit import paths
    from kit.kaggle import kernels
    from kit.kernel import bundle, pushed
    from kit.submission import message, once, records

    folder = built.folder(name)
    manifest, bundled = bundle.manifest(folder), pushed.record(folder)["bundle"]
    kernel, version = pushed.version(folder)
    slug, subject, where = manifest["slug"], f"{kernel}/{version}", paths.submissions(manifest["slug"])
    words = f"{words} {kernel} version {version}".strip()
    run = manifest.get("run")
    text = message.write(words, run or "", bundled, paths.runs() / (run or "") / "metrics.json")
    with records.lock_uploads(slug):
        earlier = once.look_up(slug, bundled, where, f"{kernel} version {version} ")
        kept = earlier.completed
        if kept is None and wait and not again:
            kept = earlier.unscored
        if kept is None:
            if not again:
                once.refuse_repeated(earlier, "this version was submitted")
            kernels.wait(kernel, version, timeout_s=timeout if wait else 0, poll_s=poll)
            attempt = records.begin(slug, bundled, run, subject, text, earlier.newest)
            kept = once.send(attempt, where, lambda check: kernels.submit(slug, kernel, version, text, check))
    if wait:
        kept = records.await_score(kept, where, timeout_s=timeout, poll_s=poll)
    shown = f"submission    {kept.ref}\nscore         {kept.public_score or 'not yet'}"
    options.result(asdict(kept), shown, as_json=as_json)
