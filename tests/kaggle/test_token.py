"""Which token a download is asked for with, and that no output shows it."""

import base64
import json

import pytest

from kit import signals
from kit.kaggle import client, credentials
from tests.kaggle import kept
from tests.kaggle_server import SECRET, refusal


def test_without_a_token_or_a_network_it_says_so(here, home, monkeypatch):
    done = here("download", "tiny-stripes", check=False)
    assert done.returncode == 4 and "no Kaggle token" in done.stderr and "--from ARCHIVE" in done.stderr
    offline = {
        "KAGGLE_USERNAME": "a",
        "KAGGLE_KEY": "b",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    done = here("download", "tiny-stripes", check=False, **offline)
    assert done.returncode == 5 and "no connection to Kaggle" in done.stderr
    done = here("download", "tiny-stripes", check=False, **offline, KAGGLE_API_TOKEN=SECRET)
    assert done.returncode == 5 and "no connection to Kaggle" in done.stderr and SECRET not in done.stderr


@pytest.mark.parametrize("place", ["KAGGLE_API_TOKEN", "a file named by it", ".kaggle/access_token"])
def test_an_access_token_is_enough(here, home, served, monkeypatch, place):
    monkeypatch.delenv("KAGGLE_USERNAME")
    monkeypatch.delenv("KAGGLE_KEY")
    file = home / ".kaggle" / "access_token"
    if place != "KAGGLE_API_TOKEN":
        file.parent.mkdir()
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
    named = {"KAGGLE_API_TOKEN": SECRET, "a file named by it": str(file)}.get(place)
    here("download", "tiny-stripes", **({"KAGGLE_API_TOKEN": named} if named else {}))
    kept.whole(home, served)
    assert served.asked("IntrospectToken")[0] == {"token": SECRET}


def test_a_dead_token_that_hides_a_good_key_is_named(here, home, served):
    served.faults["ListDataFiles"] = [refusal(401, "Unauthenticated")]
    done = here("download", "tiny-stripes", check=False, KAGGLE_API_TOKEN="SENTINEL-dead")
    assert done.returncode == 4 and "SENTINEL" not in done.stdout + done.stderr
    assert "KAGGLE_API_TOKEN is used, and KAGGLE_USERNAME and KAGGLE_KEY is not" in done.stderr


def test_empty_variables_do_not_hide_a_good_file(kit, home, served):
    """As a compose file passes KAGGLE_KEY=${KAGGLE_KEY} on when there is none."""
    file = home / "secrets" / "kaggle.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"username": "somebody", "key": SECRET}))
    file.chmod(0o600)
    kit("download", "tiny-stripes", KAGGLE_CONFIG_DIR=str(file.parent), KAGGLE_USERNAME="", KAGGLE_KEY="")
    assert [one.split()[0] for one in served.authorizations] == ["Basic"] * len(served.authorizations)
    kept.whole(home, served)


@pytest.mark.parametrize("name", ["kaggle.json", "access_token"])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_closes_it(here, home, served, monkeypatch, name):
    for variable in ("KAGGLE_USERNAME", "KAGGLE_KEY"):
        monkeypatch.delenv(variable)
    file = home / ".kaggle" / name
    file.parent.mkdir()
    file.write_text(json.dumps({"username": "somebody", "key": SECRET}) if name == "kaggle.json" else SECRET)
    file.chmod(0o640)
    done = here("download", "tiny-stripes", check=False)
    assert done.returncode == 4 and f"chmod 600 {file}" in done.stderr and done.stderr.count("\n") == 1
    assert SECRET not in done.stderr and not served.requests
    file.chmod(0o600)
    assert credentials.find() == credentials.Credentials(str(file))


@pytest.mark.parametrize("token", [{}, {"KAGGLE_API_TOKEN": SECRET}])
def test_the_key_is_in_no_output_whatever_goes_wrong(kit, home, served, token):
    leaks = [SECRET, base64.b64encode(f"somebody:{SECRET}".encode()).decode()]  # plain, and as the header carries it
    for faults in ({"ListDataFiles": [refusal(403, "no")]}, {"Storage": [refusal(500, "boom")]}, {}):
        served.faults.update(faults)
        done = kit("--debug", "download", "tiny-stripes", check=False, VERBOSE="1", VERBOSE_OUTPUT="1", **token)
        assert not [leak for leak in leaks if leak in done.stdout + done.stderr]
    assert done.returncode == 0 and any(leaks[bool(token) - 1] in one for one in served.authorizations)
    everything = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not [leak for leak in leaks for content in everything if leak.encode() in content]


def test_docker_stop_while_the_token_is_read_is_no_fault_of_the_token(served, monkeypatch):
    from kaggle.api.kaggle_api_extended import KaggleApi

    def stopped(api):
        raise signals.Terminated(143)

    monkeypatch.setattr(KaggleApi, "authenticate", stopped)
    with pytest.raises(signals.Terminated), client.connect("tiny-stripes"):
        pass
