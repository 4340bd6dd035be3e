"""Classes that a table of the data names, known once it is unpacked."""

import pytest

from kit import paths
from kit.data.classes_in_table import ClassesInTable
from kit.errors import DataError


def write(slug: str, *names: str) -> None:
    table = paths.data(slug).raw / "train.csv"
    table.parent.mkdir(parents=True)
    table.write_text("Image,Id\n" + "".join(f"{n}.jpg,{name}\n" for n, name in enumerate(names)))


def test_there_are_none_before_the_table_and_then_its_different_values_sorted(home):
    target = ClassesInTable("whales", "train.csv", "Id")
    assert (target.columns, target.fault(), target.kind) == ((), "", "classes")
    write("whales", "w_2", "new_whale", "w_1", "w_2")
    assert (target.columns, target.fault()) == (("new_whale", "w_1", "w_2"), "")
    assert target.encode(["w_2", "new_whale"]).tolist() == [2, 0]


def test_a_table_of_one_class_is_a_fault(home):
    write("whales", "w_1", "w_1")
    assert ClassesInTable("whales", "train.csv", "Id").fault() == "classes must be two or more different names"


def test_a_message_names_the_first_of_thousands_of_classes_and_their_number(home):
    write("whales", *(f"w_{n:04}" for n in range(5000)))
    with pytest.raises(DataError, match=r"received 'w_x'; expected one of w_0000, .* w_0011, \.\.\. \(5000 in all\)$"):
        ClassesInTable("whales", "train.csv", "Id").encode(["w_0001", "w_x"])
