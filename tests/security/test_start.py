"""T24: what the program refuses to start with."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from blueprints.policy import PATH, PolicyGap, check_policy, read_policy
from eventsys.config import UnsafeSettings, read_settings


def read(folder: Path, **env: str):
    return read_settings({"EVENTSYS_INSTANCE": str(folder)} | env, folder)


# ---- settings


@pytest.mark.parametrize(
    "url",
    [
        "http://saixunzheng.example.cn",
        "http://192.168.1.20:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.cn",
        "http://127.0.0.1.example.cn",
        "saixunzheng.example.cn",
        "ftp://saixunzheng.example.cn",
        "",
    ],
)
def test_an_address_in_clear_on_a_network_stops_the_start(tmp_path, url):
    with pytest.raises(UnsafeSettings, match="EVENTSYS_URL"):
        read(tmp_path, EVENTSYS_URL=url)


@pytest.mark.parametrize(
    ("url", "secure", "hosts"),
    [
        ("https://sxz.example.cn", True, ["127.0.0.1", "localhost", "sxz.example.cn"]),
        ("https://sxz.example.cn:8443/", True, ["127.0.0.1", "localhost", "sxz.example.cn"]),
        ("http://127.0.0.1:8000", False, ["127.0.0.1", "localhost"]),
        ("http://localhost:8000", False, ["127.0.0.1", "localhost"]),
    ],
)
def test_a_safe_address_starts_and_names_the_own_hosts(tmp_path, url, secure, hosts):
    settings = read(tmp_path, EVENTSYS_URL=url)

    assert (settings.secure, settings.hosts) == (secure, hosts)
    assert not settings.public_url.endswith("/")


def test_a_demo_may_be_shown_on_a_network_without_https(tmp_path):
    assert not read(tmp_path, EVENTSYS_URL="http://192.168.1.20:8000", EVENTSYS_DEMO="1").secure


def test_nothing_is_on_by_itself(tmp_path):
    settings = read(tmp_path)

    assert (settings.demo, settings.testing) == (False, False)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'eventsys.db'}"


# ---- the secret


def kept_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    first, second = read(tmp_path).secret, read(tmp_path).secret

    kept = tmp_path / "keys" / "secret"
    assert first == second
    assert len(first) == 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept_in(tmp_path / "keys") == ["secret"]


def test_every_installation_has_a_secret_of_its_own(tmp_path):
    assert read(tmp_path / "one").secret != read(tmp_path / "two").secret


def test_of_eight_first_starts_at_once_all_have_the_same_secret(tmp_path):
    start = Barrier(8)

    def begin(_number: int) -> bytes:
        start.wait()
        return read(tmp_path).secret

    with ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(begin, range(8)))

    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 32
    assert kept_in(tmp_path / "keys") == ["secret"]


@pytest.mark.parametrize("kept", ["", "abcd", "not hexadecimal", "00" * 31, "密钥"])
def test_a_damaged_secret_stops_the_start_and_is_not_replaced(tmp_path, kept):
    read(tmp_path)
    file = tmp_path / "keys" / "secret"
    file.write_text(kept, encoding="utf-8")

    with pytest.raises(UnsafeSettings, match="damaged"):
        read(tmp_path)

    assert file.read_text(encoding="utf-8") == kept


# ---- the policy


def rewritten(folder: Path, old: str, new: str) -> Path:
    """The policy with one change."""
    text = PATH.read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed = folder / "policy.tsv"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    return changed


ROW = "members.record\tGET\tgroup_admin\tgroup\n"


def test_the_policy_covers_the_routes(app):
    check_policy(app, read_policy())


def test_a_missing_row_stops_the_start_and_is_named(app, tmp_path):
    rules = read_policy(rewritten(tmp_path, ROW, ""))

    with pytest.raises(PolicyGap, match=r"rows missing for \[\('members.record', 'GET'\)\]"):
        check_policy(app, rules)


def test_a_missing_method_stops_the_start(app, tmp_path):
    row = "members.unit\tGET,POST"
    rules = read_policy(rewritten(tmp_path, row, "members.unit\tGET"))

    with pytest.raises(PolicyGap, match=r"rows missing for \[\('members.unit', 'POST'\)\]"):
        check_policy(app, rules)


def test_a_row_without_a_route_stops_the_start_and_is_named(app, tmp_path):
    stale = ROW + "members.gone\tGET\tgroup_admin\tgroup\n"
    rules = read_policy(rewritten(tmp_path, ROW, stale))

    with pytest.raises(PolicyGap, match=r"without a route: \[\('members.gone', 'GET'\)\]"):
        check_policy(app, rules)


@pytest.mark.parametrize(
    "row",
    [
        ROW + ROW,
        ROW + "members.record\tGET\t-\tpublic\n",
        ROW.replace("GET", "GET,GET"),
        ROW.replace("\tgroup\n", "\teverybody\n"),
        ROW.replace("\tgroup\n", "\t\n"),
    ],
)
def test_a_double_row_or_an_unknown_relation_stops_the_start(tmp_path, row):
    with pytest.raises(PolicyGap, match="bad or double row"):
        read_policy(rewritten(tmp_path, ROW, row))


def test_an_unknown_role_stops_the_start(tmp_path):
    with pytest.raises(ValueError, match="nobody"):
        read_policy(rewritten(tmp_path, ROW, ROW.replace("group_admin", "nobody")))
