"""A good file with one fault each: the rule, the first offending line and the count are in the message."""

import hashlib

import pytest

from kit.errors import SubmissionError
from kit.submission.validate import validate

GOOD = b"id,label\n7,1\n007,2\na b,3\n4,1\n5,2\n6,3\n"
WIDE = b"id,owl,cat,dog\n1,0.2,0.3,0.5\n2,1,0,0\n3,.25,2.5e-1,0.5\n"


def edit(old: str, new: str, good: bytes = GOOD) -> bytes:
    assert old.encode() in good
    return good.replace(old.encode(), new.encode())


REFUSED = {
    # what is wrong: (the bytes, the rule, lines that break it, the first of them, words of the message)
    "empty file": (b"", "header", 1, 1, "received nothing; expected 'id,label'"),
    "header only": (b"id,label\n", "row count", 6, 1, "received 0 rows; the first missing id is '7'; expected 6 rows"),
    "a row too few": (edit("4,1\n", ""), "row count", 1, 6, "5 rows; the first missing id is '4'; expected 6 rows"),
    "a row too many": (GOOD + b"8,1\n", "row count", 1, 8, "received 7 rows; here id '8'; expected 6 rows"),
    "a row repeated": (edit("7,1\n007", "7,1\n7,1\n007"), "row count", 1, 3, "id '7' again, first on line 2"),
    "twice and missing": (edit("5,2", "4,2"), "repeated id", 1, 6, "each id once; id '5' is missing"),
    "unknown id": (edit("5,2", "5.0,2").replace(b"6,3", b"6.0,3"), "unknown id", 2, 6, "received id '5.0'"),
    "zeros lost": (edit("007,2", "7,2"), "repeated id", 1, 3, "id '007' is missing"),
    "space in id": (edit("4,1", "4 ,1"), "unknown id", 1, 5, "received id '4 '"),
    "no header": (edit("id,label\n", ""), "header", 1, 1, "the header line is missing"),
    "header in capitals": (edit("id,label", "Id,Label"), "header", 1, 1, "received 'Id,Label'; expected 'id,label'"),
    "space in header": (edit("id,label", "id, label"), "header", 1, 1, "received 'id, label'"),
    "columns swapped": (edit("id,label", "label,id"), "header", 1, 1, "the columns are in another order"),
    "semicolons": (GOOD.replace(b",", b";"), "delimiter", 1, 1, "separated by ';'"),
    "tabs": (GOOD.replace(b",", b"\t"), "delimiter", 1, 1, "separated by '\\t'"),
    "semicolons below": (edit("4,1", "4;1"), "field count", 1, 5, "received '4;1'; expected 2 fields, not 1"),
    "index column": (edit("id,label", ",id,label"), "index column", 1, 1, "write it with index=False"),
    "index column, named": (edit("id,label", "Unnamed: 0,id,label"), "index column", 1, 1, "called 'Unnamed: 0'"),
    "extra column": (edit("id,label", "id,label,note"), "header", 1, 1, "remove or rename 'note'"),
    "extra field": (edit("5,2", "5,2,9"), "field count", 1, 6, "received '5,2,9'; expected 2 fields, not 3"),
    "extra empty field": (edit("7,1", "7,1,").replace(b"5,2", b"5,2,"), "field count", 2, 2, "2 fields, not 3"),
    "blank line": (edit("4,1\n", "4,1\n\n"), "blank line", 1, 6, "blank lines at the end only"),
    "blank first line": (b"\n" + GOOD, "blank line", 1, 1, "blank lines at the end only"),
    "line of spaces": (edit("4,1\n", "4,1\n  \n"), "field count", 1, 6, "2 fields, not 1"),
    "doubled line ends": (GOOD.replace(b"\n", b"\r\r\n"), "blank line", 6, 2, "a blank line"),
    "open quote": (edit("4,1", '4,"1'), "quoting", 1, 5, "unexpected end of data"),
    "junk after a quote": (edit("4,1", '4,"1"x'), "quoting", 1, 5, "double quotes"),
    "space before a quote": (edit("4,1", '4, "1"'), "label domain", 1, 5, "' \"1\"' in label"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "encoding", 1, 1, "received UTF-16; expected UTF-8 text"),
    "UTF-16 without mark": (GOOD.decode().encode("utf-16-le"), "encoding", 8, 1, "a NUL byte"),
    "NUL": (edit("5,2", "5,2\0"), "encoding", 1, 6, "a NUL byte"),
    "latin-1": ("id,label\n7,1\n007,ä\n4,é\n".encode("latin-1"), "encoding", 2, 3, "bytes that are not UTF-8"),
    "label outside": (edit("4,1", "4,10"), "label domain", 1, 5, "received '10' in label; expected one of 1, 2, 3"),
    "class name": (edit("7,1", "7,cat"), "label domain", 1, 2, "received 'cat' in label"),
    "float label": (edit(",1", ",1.0"), "label domain", 2, 2, "received '1.0' in label"),
    "boolean": (edit("4,1", "4,True"), "label domain", 1, 5, "received 'True' in label"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_is_refused_by_name_line_and_count(labels, sample, fault):
    data, rule, count, line, words = REFUSED[fault]
    with pytest.raises(SubmissionError) as caught:
        validate(data, labels, sample)
    message = str(caught.value)
    lines = "1 line" if count == 1 else f"{count} lines"
    assert f"the file breaks the rule {rule!r} on {lines}, first on line {line};" in message
    assert words in message


@pytest.mark.parametrize("value", ["", " ", "NaN", "nan", "NA", "None", "null", "inf", "-inf"])
def test_a_missing_value_is_refused(labels, sample, chances, wide, value):
    with pytest.raises(SubmissionError, match=r"'missing value' on 1 line, first on line 6; received '.*' in label"):
        validate(edit("5,2", f"5,{value}"), labels, sample)
    with pytest.raises(SubmissionError, match=r"'missing value' on 1 line, first on line 2; received '.*' in cat"):
        validate(edit("0.3", value, WIDE), chances, wide)


@pytest.mark.parametrize("value", ["-0.001", "1.0001", "1e400", "half", "0,5", "1_0", " 0.3", "0x1", "True", "٣"])
def test_what_is_not_a_probability_is_refused(chances, wide, value):
    data = edit("0.3", f'"{value}"', WIDE)
    with pytest.raises(
        SubmissionError, match=r"'probability' on 1 line, first on line 2; .* in cat; expected a number"
    ):
        validate(data, chances, wide)


def test_probabilities_must_sum_to_one_where_the_metric_needs_it(chances, single, wide, sample):
    with pytest.raises(
        SubmissionError, match=r"'row sum' on 2 lines, first on line 2; .* sum to 0\.9; expected a sum of 1"
    ):
        validate(WIDE.replace(b"0.5", b"0.4"), chances, wide)
    one_column = b"id,label\n7,.1\n007,.2\na b,.3\n4,.4\n5,.5\n6,.6\n"
    assert validate(one_column, single, sample).rows == 6


def test_a_class_called_none_is_a_value(labels, sample):
    from dataclasses import replace

    form = replace(labels.submission, values=("1", "2", "None"))
    assert validate(GOOD.replace(b",3", b",None"), replace(labels, submission=form), sample).rows == 6


ACCEPTED = {
    "as it should be": GOOD,
    "CRLF": GOOD.replace(b"\n", b"\r\n"),
    "no final newline": GOOD[:-1],
    "blank lines at the end": GOOD + b"\n\r\n",
    "quoted": b'"id","label"\n"7","1"\n007,"2"\n"a b",3\n4,1\n5,2\n6,3\n',
}


@pytest.mark.parametrize("form", ACCEPTED)
def test_other_forms_of_the_same_table_pass_without_notice(labels, sample, form):
    report = validate(ACCEPTED[form], labels, sample)
    assert (report.rows, report.notices) == (6, ())
    assert report.sha256 == hashlib.sha256(ACCEPTED[form]).hexdigest()


def test_a_good_probability_file_passes(chances, wide):
    assert validate(WIDE, chances, wide).notices == ()


def test_a_byte_order_mark_and_another_order_are_noticed(labels, sample):
    rows = GOOD.splitlines(keepends=True)
    report = validate(b"\xef\xbb\xbf" + rows[0] + b"".join(reversed(rows[1:])), labels, sample)
    assert len(report.notices) == 2
    assert "byte order mark" in report.notices[0] and "another order" in report.notices[1]


def test_a_constant_prediction_is_noticed(labels, sample, chances, wide, single):
    same = b"id,label\n7,2\n007,2\na b,2\n4,2\n5,2\n6,2\n"
    assert validate(same, labels, sample).notices == ("constant prediction: 6 of 6 rows say 2",)
    owls = b"id,owl,cat,dog\n1,0.6,0.3,0.1\n2,1,0,0\n3,.5,.25,.25\n"
    assert validate(owls, chances, wide).notices == ("constant prediction: 3 of 3 rows say owl",)
    halves = b"id,label\n7,.5\n007,.5\na b,.5\n4,.5\n5,.5\n6,.5\n"
    assert "all" not in str(validate(halves, single, sample).notices) and validate(halves, single, sample).notices


def test_nearly_constant_is_noticed_from_999_in_1000(labels):
    from kit.submission.sample import Sample

    many = Sample(("id", "label"), tuple(str(n) for n in range(1000)))

    def notices(others: int) -> tuple[str, ...]:
        rows = "".join(f"{n},{1 if n < others else 2}\n" for n in range(1000))
        return validate(b"id,label\n" + rows.encode(), labels, many).notices

    assert notices(1) == ("constant prediction: 999 of 1,000 rows say 2",)
    assert notices(2) == ()
