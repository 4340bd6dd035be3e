"""The reference names what there is: a member that is gone would be left out of the site without a word."""

import importlib
import re

import kit
from tests.docs.pages import ROOT


def test_the_reference_has_all_that_the_kit_exports_and_nothing_else():
    page = (ROOT / "docs" / "api.md").read_text()
    listed = dict(re.findall(r"^::: (\S+)\n(?:    .*\n)*?      members: \[(.*)\]", page, re.M))
    assert set(listed.pop("kit").split(", ")) == set(kit.__all__)
    assert len(listed) > 2
    for module, members in listed.items():
        held = importlib.import_module(module)
        assert [name for name in members.split(", ") if not hasattr(held, name)] == []
