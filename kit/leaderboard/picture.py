"""CV against public score as a picture."""

import io

import numpy as np
from matplotlib.figure import Figure

from kit.leaderboard.agreement import FAR, Fit, Pair


def scatter(pairs: list[Pair], fit: Fit | None, metric: str) -> bytes:
    """PNG: a point per submission with bars of one standard error each way, the line, what is surprising in red."""
    figure = Figure(figsize=(7, 5))
    axes = figure.subplots()
    cv, public = np.array([pair.cv for pair in pairs]), np.array([pair.public for pair in pairs])
    across, up = [pair.cv_error or 0 for pair in pairs], [pair.public_error or 0 for pair in pairs]
    axes.errorbar(cv, public, xerr=across, yerr=up, fmt="none", ecolor="0.8", linewidth=1)
    axes.plot(cv, public, "o", color="C0", markeredgecolor="white", label="a submission, ± one standard error")
    if fit:
        ends = np.array([cv.min(), cv.max()])
        words = f"least squares; Spearman {fit.spearman:.2f} over {len(pairs)}"
        axes.plot(ends, fit.predict(ends), color="0.45", linewidth=1.2, label=words)
        far = [off is not None and abs(off) > FAR for off in fit.off]
        if any(far):
            words = f"off by more than {FAR:g} standard errors"
            axes.plot(cv[far], public[far], "o", color="C3", markeredgecolor="white", label=words)
        for pair, is_far in zip(pairs, far, strict=True):
            if is_far:
                at = (pair.cv, pair.public)
                axes.annotate(str(pair.ref), at, xytext=(6, 6), textcoords="offset points", fontsize=8)
    axes.set(
        xlabel=f"{metric} out of fold", ylabel=f"{metric} on the public leaderboard", title="CV against public score"
    )
    axes.grid(color="0.93")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="best")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, bbox_inches="tight", metadata={"Software": None})
    return out.getvalue()
