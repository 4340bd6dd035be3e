import pytest

from kit import paths
from kit.errors import DataError
from kit.submission import sample


@pytest.fixture
def file(home):
    path = paths.data("zoo").raw / "sample.csv"
    path.parent.mkdir(parents=True)
    return path


def test_columns_and_ids_are_read_as_text(file, labels):
    file.write_bytes(b"\xef\xbb\xbflabel,id\r\n0,007\r\n0,7\r\n\r\n")
    assert sample.read(labels) == sample.Sample(("label", "id"), ("007", "7"))


def test_a_missing_sample_names_the_verb(file, labels):
    with pytest.raises(DataError, match=r"no sample submission at .*sample\.csv; run: kit prepare zoo"):
        sample.read(labels)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "expected id,label"),
        (b"id,label\n", "ids are not one or more different ids; received 0, 0 different"),
        (b"Id,label\n1,0\n", "received Id,label; expected id,label"),
        (b"id,label\n1,0\n1,0\n", "received 2, 1 different"),
        (b"id,label\n1,0\n2,0,0\n", "line 3 has 3 fields"),
        (b"id,label\n1,\xe4\n", "rule 'encoding' on 1 line, first on line 2"),
    ],
)
def test_a_malformed_sample_is_the_datas_fault(file, labels, content, words):
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"sample submission .* is malformed") as caught:
        sample.read(labels)
    assert words in str(caught.value)


def test_a_sample_in_an_archive_of_its_own(file, labels):
    from dataclasses import replace

    file.write_bytes(b"id,label\n1,0\n")
    zipped = replace(labels, archives=replace(labels.archives, sample="sample.csv.zip"))
    assert sample.read(zipped).ids == ("1",)
