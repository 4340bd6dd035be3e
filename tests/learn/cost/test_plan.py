"""The arithmetic of a plan, on times that are given."""

import pytest

from kit.learn.cost.plan import Times, Work, extrapolate, fit_budget, sessions

HOUR = 3600
TIMES = Times(epochs=(100.0,), start=20.0, view=10.0)
ASKED = Work(folds=5, seeds=2, views=3, epochs=(12,))  # a member: 20 + 1200 + 30


def test_a_run_is_its_members_and_the_features_that_they_share():
    assert ASKED.member(TIMES) == 1250 and ASKED.run(TIMES) == 12_500
    stages = Work(2, 1, 1, (8, 4))
    assert stages.run(Times(epochs=(10.0, 30.0), start=5.0, view=1.0)) == 2 * (5 + 80 + 120 + 1)
    assert Work(5, 1, 2).run(Times(once_per_view=60.0)) == 120  # features: folds cost nothing
    assert Work(3, 1, 1, (2,)).run(Times((10.0,), once=60.0)) == 60 + 3 * 20


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (12_500, ASKED),
        (12_499, Work(5, 1, 3, (12,))),  # a seed first
        (6_249, Work(4, 1, 3, (12,))),  # then folds
        (1_250, Work(1, 1, 3, (12,))),
        (1_245, Work(1, 1, 2, (12,))),  # then views
        (1_229, Work(1, 1, 3, (11,))),  # epochs last; then there is room for the views again
        (1_149, Work(1, 1, 2, (11,))),
        (130, Work(1, 1, 1, (1,))),
        (129, None),
    ],
)
def test_what_costs_least_is_given_up_first(seconds, expected):
    assert fit_budget(ASKED, TIMES, seconds) == expected
    assert expected is None or expected.run(TIMES) <= seconds


def test_what_is_reduced_in_vain_is_given_back():
    features = Times(once_per_view=60.0)
    assert fit_budget(Work(5, 1, 6), features, 200) == Work(5, 1, 3)  # folds share the features
    assert fit_budget(Work(5, 1, 6), features, 59) is None


def test_stages_keep_their_proportions():
    found = fit_budget(Work(1, 1, 1, (20, 10, 2)), Times((10.0, 20.0, 40.0)), 240)
    assert found == Work(1, 1, 1, (10, 5, 1)) and found.run(Times((10.0, 20.0, 40.0))) == 240


def test_an_epoch_is_extrapolated_along_the_line_through_two_shorter_ones():
    assert extrapolate(10_000, [(1000, 3.0)]) == 30
    assert extrapolate(10_000, [(1000, 1.5), (8000, 5.0)]) == 6.0  # 1 s whatever the number, 0.5 s for 1000
    assert extrapolate(10_000, [(1000, 3.0), (8000, 2.0)]) == 2.5  # noise


def test_sessions_of_kaggle():
    assert [sessions(hours * HOUR) for hours in (0.1, 12, 12.1, 30)] == [1, 1, 2, 3]
