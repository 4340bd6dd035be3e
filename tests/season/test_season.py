"""The short form of `make season`: the first day, with faults of the network."""

from tests.season import first_day, world
from tests.season.__main__ import play
from tests.season.claims import Claims


def test_what_the_kit_claims_on_the_first_day_holds(tmp_path):
    season, _ = play(tmp_path, seed=0, days=(first_day.SCENES,))
    assert season.claims.failed == [] and len(season.claims.rows) > 20
    assert sum(fault.made for fault in season.kaggle.faults.values() if hasattr(fault, "made")) > 0


def test_a_figure_that_differs_is_told():
    claims = Claims()
    claims.equal("score", 0.5, 0.5001, within=1e-5)
    claims.equal("rows", 3, 3)
    assert claims.failed == ["score: 0.5"] and claims.table().count(" NO") == 1


def test_the_judge_scores_each_half_on_its_own_rows():
    made = world.make(0)
    right = "Id,Label\n" + "".join(f"{name},{digit}\n" for name, digit in zip(made.ids, made.truth, strict=True))
    assert made.judge(right.encode()) == {"status": "COMPLETE", "publicScore": "1.00000"}
    half = "Id,Label\n" + "".join(
        f"{name},{digit if shown else (digit + 1) % 10}\n"
        for name, digit, shown in zip(made.ids, made.truth, made.public, strict=True)
    )
    assert (made.score(half.encode(), public=True), made.score(half.encode(), public=False)) == ("1.00000", "0.00000")
    short = right.rsplit("\n", 2)[0]
    assert made.judge(short.encode()) == {"status": "ERROR", "errorDescription": "Submission must have 897 rows"}
