"""What an ensemble is made of: weights, what each member is worth, and how alike the members are."""

import numpy as np

from kit import predictions, runs
from kit.errors import DataError
from kit.report.render import html
from kit.report.subject import Subject


def members(subject: Subject) -> str:
    """Empty for a run that is no ensemble."""
    scores = subject.metrics
    if subject.run.kind != "ensemble":
        return ""
    fractional = ("weight", "correlation")
    rows = [
        {
            _title(subject, key): html.share(value) if key in fractional and value is not None else value
            for key, value in run.items()
        }
        for run in scores["parts"]
    ]
    words = (
        f"Method: {scores['method']}. Lost without: by how much the ensemble is worse without that member, cross-fitted; "
        "below zero it is better without."
    )
    if given_up := scores.get("given_up"):
        words += f" {given_up.capitalize()} scores below the best single run, so it was rejected."
    tried = [{_title(subject, key): value for key, value in row.items()} for row in scores["methods"]]
    return (
        html.paragraph(words)
        + html.table(rows)
        + _correlations(subject)
        + "<h3>Methods tried, cross-fitted</h3>"
        + html.table(tried)
    )


def _title(subject: Subject, key: str) -> str:
    return key.replace("_", " ").replace("loss", subject.competition.target.loss_name)


def _correlations(subject: Subject) -> str:
    try:
        members = [runs.find(name, runs.read_run) for name in subject.run.parents]
    except DataError as error:
        return html.empty_note(f"correlations between members: {error}")
    if len(members) < 2:
        return ""
    ids, target = subject.data.train.rows[subject.rows], subject.competition.target
    loaded = [predictions.load(run.oof) for run in members]
    losses = np.stack([target.losses(subject.labels, one.before_finish().select(ids)) for one in loaded])
    if not target.exclusive:
        return _matrices({"Correlation of the losses": np.corrcoef(losses)}, subject)
    missed = np.stack([target.decide(one.select(ids)) != subject.labels for one in loaded])
    either = np.maximum((missed[:, None] | missed[None]).sum(-1), 1)
    shared = (missed[:, None] & missed[None]).sum(-1) / either
    found = {
        "Correlation of the log probability of the truth": np.corrcoef(losses),
        "Share of mistakes in common": shared,
    }
    return _matrices(found, subject)


def _matrices(found: dict[str, np.ndarray], subject: Subject) -> str:
    """found: title -> float (R, R), of each pair of members."""
    names = [name.removeprefix(f"{subject.run.slug}-") for name in subject.run.parents]
    numbers = [str(number + 1) for number in range(len(names))]
    key = [f"{number}  {name}" for number, name in zip(numbers, names, strict=True)]
    pictures = []
    for title, values in found.items():
        cells = [
            [
                html.cell(
                    f"{values[a, b]:.2f}", max(0.0, 0.8 * values[a, b]), color="cool", hint=f"{names[a]} / {names[b]}"
                )
                if a != b
                else html.cell("")
                for b in range(len(names))
            ]
            for a in range(len(names))
        ]
        pictures.append(f"<h3>{title}</h3>{html.heat(key, numbers, cells)}")
    return html.lay_side_by_side(pictures)
