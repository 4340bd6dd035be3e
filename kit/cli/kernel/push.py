"""kit kernel push"""

import click

from kit.cli import options
from kit.cli.kernel import built


@click.command()
@built.name_argument
@built.timeout_option
@built.poll_option
@options.json_option
def command(name: str, timeout: float, poll: float, as_json: bool) -> None:
    """Upload the dataset, wait until it is ready, push the kernel and start it. The same dataset is not uploaded twice."""
    from kit.kernel import pushed

    kept = pushed.push(built.folder(name), timeout_s=timeout, poll_s=poll)
    options.result(kept, f"{kept['kernel']} version {kept['version']} is running: {kept['url']}", as_json=as_json)
    options.next_step(f"kernel output {name} --wait")
