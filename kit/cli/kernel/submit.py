"""kit kernel submit"""

import click

from kit.cli import options
from kit.cli.kernel import built
from kit.errors import ConfigError


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
    from kit.submission import message, records

    folder = built.folder(name)
    manifest, bundled = bundle.manifest(folder), pushed.record(folder)["bundle"]
    kernel, version = pushed.version(folder)
    slug, subject, where = manifest["slug"], f"{kernel}/{version}", paths.submissions(manifest["slug"])
    with records.lock_uploads(slug):
        before = [record for record in records.list_records(slug, where) if record.file == subject]
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
            text = message.write(words, run, bundled, paths.runs() / run / "metrics.json")
            ref = kernels.submit(slug, kernel, version, text)
            kept = records.Record(slug, bundled, manifest.get("run"), subject, text, ref, records.now())
            records.write(where, kept)
    if wait:
        kept = records.await_score(kept, where, timeout_s=timeout, poll_s=poll)
    text = f"submission    {kept.ref}\nscore         {kept.public_score or 'not yet'}"
    options.result(asdict(kept), text, as_json=as_json)
