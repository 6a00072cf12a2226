"""An evidence pack verifies without us, and whatever is altered in it is named."""

import base64
import io
import json
import zipfile
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from eventsys import clock
from eventsys.archive import queries
from eventsys.archive.actions import ask_pack
from eventsys.archive.packing import fingerprint
from eventsys.audit.actions import record
from eventsys.audit.rules import entry_hash
from eventsys.certificates.keys import ready_signer
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event
from eventsys.identity.models import Person
from eventsys.paper.actions import attach_scan
from eventsys.results.actions import draw_up, open_map
from eventsys.signing import new_key
from eventsys.vault import vault
from tests import evidence, judging

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
KEPT: dict[str, bytes] = {}


def published(world, settings):
    """A track from marks to public results, with one scan attached."""
    codes = judging.ready_to_mark(world)
    for place, code in enumerate(codes):
        for judge in range(1, 6):
            judging.mark(world, judge, code, (str(88 - place), str(90 - judge), "2"))
    with transaction():
        sheet = judging.sheet(world, 1, codes[0])
        attach_scan(judging.actor("clerk_a"), sheet, PDF, settings.files_dir)
    judging.confirm_everything(world)
    judging.sign(world)
    with transaction():
        open_map(
            judging.actor("encryptor_a"), judging.track_of(world), judging.user("supervisor_a")
        )
        draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now())
    return codes


@pytest.fixture
def pack(inside, world, settings):
    """The pack of group A's competition; made once, since no test here changes the database."""
    if "pack" not in KEPT:
        published(world, settings)
        KEPT["pack"] = evidence.pack_of(world.competition_a, settings)
    return KEPT["pack"]


@pytest.fixture
def folder(pack, tmp_path):
    return evidence.unpack(pack, tmp_path / "pack")


def track_folder(folder, world):
    """Where the pack keeps the track that was judged."""
    found = [one.parent for one in folder.glob("tracks/*/marks.json")]
    assert len(found) == 1
    return found[0].relative_to(folder).as_posix()


def test_a_pack_verifies_by_its_own_program(folder, world):
    status, said = evidence.verify(folder)

    where = track_folder(folder, world)
    assert (status, said.splitlines()[-1]) == (0, "核验通过")
    assert f"通过 {where}：1 级抽签重演一致" in said
    assert f"通过 {where}：30 份评分表与操作记录一致" in said
    assert f"通过 {where}：6 个成绩重算一致" in said
    assert "阶段性存档" in said


def test_a_pack_verifies_unopened(pack, folder, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)

    assert evidence.verify(folder, str(path))[0] == 0


def test_the_key_is_compared_with_the_published_one(folder, settings):
    own = fingerprint(ready_signer(settings.keys_dir))

    assert evidence.verify(folder, "--key", own)[0] == 0
    status, said = evidence.verify(folder, "--key", "0" * 64)
    assert (status, "签名密钥不是指定的密钥" in said) == (1, True)


# ---- altered without the key


def test_a_mark_changed_is_named(folder, world):
    name = next(iter((folder / track_folder(folder, world) / "sheets").iterdir()))
    path = name.relative_to(folder).as_posix()
    evidence.alter(folder, path, lambda sheet: sheet["operations"][0].update(raw="1"))

    status, said = evidence.verify(folder)

    assert (status, f"不通过 {path}：内容与清单中的 SHA-256 不符" in said) == (1, True)


@pytest.mark.parametrize("name", ["event.json", "audit/entries.jsonl", "核验.html"])
def test_a_file_removed_is_named(folder, name):
    (folder / name).unlink()
    status, said = evidence.verify(folder)

    assert (status, f"不通过 {name}：清单中的文件缺失" in said) == (1, True)


def test_a_file_added_is_named(folder):
    (folder / "more.json").write_text("{}")
    status, said = evidence.verify(folder)

    assert (status, "不通过 more.json：多出清单中没有的文件" in said) == (1, True)


def test_a_list_written_anew_without_the_key_is_refused(folder):
    evidence.alter(folder, "event.json", lambda event: event.update(name="别的大赛"))
    evidence.list_again(folder)
    status, said = evidence.verify(folder)

    assert (status, "不通过 manifest.json：数字签名无效" in said) == (1, True)


def test_a_list_signed_with_a_foreign_key_shows_its_fingerprint(folder, settings):
    key = new_key()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    evidence.alter(folder, "manifest.json", lambda manifest: manifest.update(public_key=text))
    listed = evidence.list_again(folder)
    signature = base64.urlsafe_b64encode(key.sign(b"eventsys-evidence-1\n" + listed))
    (folder / "manifest.sig").write_bytes(signature.rstrip(b"="))

    own = fingerprint(ready_signer(settings.keys_dir))
    status, said = evidence.verify(folder, "--key", own)
    assert (status, "不通过 manifest.sig：签名密钥不是指定的密钥" in said) == (1, True)


# ---- altered by whoever holds the key: the content itself does not fit


def test_another_seed_does_not_draw_the_same(folder, world, settings):
    where = track_folder(folder, world)
    evidence.alter(folder, f"{where}/draw.json", lambda draw: draw["levels"][0].update(seed="1"))
    evidence.sign_again(folder, settings)
    status, said = evidence.verify(folder)

    assert (status, f"不通过 {where}/draw.json work：抽签种子与事先公布的承诺值不符" in said) == (
        1,
        True,
    )


def test_a_changed_mark_does_not_fit_what_was_counted(folder, world, settings):
    where = track_folder(folder, world)
    sheet = min((folder / where / "sheets").iterdir())

    def change(data):
        code, seat = sheet.stem.rsplit("-", 1)
        marks = data["entries"][code]["marks"][seat]
        marks[min(marks)] = "0"  # no judge gave a 0

    evidence.alter(folder, f"{where}/marks.json", change)
    evidence.sign_again(folder, settings)
    status, said = evidence.verify(folder)

    assert (status, f"不通过 {where}/marks.json {sheet.stem}：评分点" in said) == (1, True)


def test_a_changed_total_is_computed_again(folder, world, settings):
    where = track_folder(folder, world)

    def change(results):
        row = results["rows"][2]
        row["total"] = str(Decimal(row["total"]) + Decimal("0.01"))

    evidence.alter(folder, f"{where}/results-v1.json", change)
    evidence.sign_again(folder, settings)
    status, said = evidence.verify(folder)

    assert (status, "由评分表重算为" in said) == (1, True)


def test_changed_places_are_noticed(folder, world, settings):
    where = track_folder(folder, world)

    def change(results):
        results["rows"][0]["place"], results["rows"][1]["place"] = 2, 1

    evidence.alter(folder, f"{where}/results-v1.json", change)
    evidence.sign_again(folder, settings)
    status, said = evidence.verify(folder)

    assert (status, "与总分排序不符" in said) == (1, True)


def test_deeds_out_of_order_are_noticed(folder, settings):
    path = folder / "audit/entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    evidence.sign_again(folder, settings)
    status, said = evidence.verify(folder)

    assert (status, "操作记录的顺序不对" in said) == (1, True)


# ---- what is in it


def test_no_identity_number_and_no_unpublished_name_is_in_a_pack(pack, world):
    people = list(session().scalars(select(Person).where(Person.group_id == world.group_a)))
    numbers = [vault().open(one.id_sealed) for one in people if one.id_sealed]
    masked = [one.id_masked for one in people if one.id_masked]
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        texts = {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}
    named = {
        (name, one.name)
        for name, text in texts.items()
        for one in people
        if one.name in text and "results-v" not in name
    }

    assert [one for one in numbers + masked if any(one in text for text in texts.values())] == []
    assert len(numbers) > 5
    assert named == set()


def test_a_pack_holds_what_proves_a_track(folder, world):
    where = folder / track_folder(folder, world)
    names = {one.relative_to(where).as_posix() for one in where.rglob("*") if one.is_file()}

    wanted = {
        "ruleset.json",
        "scheme-v1.json",
        "scheme-v1.html",
        "draw.json",
        "draw-minute.json",
        "handing-over.json",
        "corrections.json",
        "marks.json",
        "results-v1.json",
        "paper/scans.json",
    }
    assert wanted - names == set()
    assert sum(name.startswith("sheets/") for name in names) == 30
    assert [(where / name).read_bytes() for name in names if name.endswith(".pdf")] == [PDF]


def test_each_deed_in_a_pack_is_proved_by_whoever_holds_the_key(folder, world):
    lines = [json.loads(line) for line in (folder / "audit/entries.jsonl").read_text().splitlines()]
    chain = json.loads((folder / "audit/chain.json").read_text())

    again = [
        entry_hash(
            vault().chain_key,
            line["before"],
            {key: value for key, value in line.items() if key not in {"before", "hash"}},
        )
        for line in lines
    ]
    assert again == [line["hash"] for line in lines]
    assert {"marks.signed_off", "map.opened", "results.drawn_up"} <= {one["deed"] for one in lines}
    assert (chain["broken_at"], chain["count"] >= len(lines)) == (None, True)


def test_before_the_lock_a_pack_holds_no_mark(inside, world, settings, tmp_path):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))

    folder = evidence.unpack(evidence.pack_of(world.competition_a, settings), tmp_path / "early")

    status, said = evidence.verify(folder)
    texts = [one.read_text("utf-8") for one in folder.rglob("*.json*")]
    assert (status, "阶段性存档" in said) == (0, True)
    assert list(folder.glob("tracks/*/marks.json")) == []
    assert [code for code in codes if any(code in text for text in texts)] == []
    assert [text for text in texts if "mark.entered" in text] == []


def test_a_broken_record_is_told(inside, world, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("eventsys.archive.queries.verify_chain", lambda _chain: Broken)

    folder = evidence.unpack(evidence.pack_of(world.competition_a, settings), tmp_path / "broken")

    status, said = evidence.verify(folder)
    assert (status, "打包时系统内的操作记录在第 7 条断开" in said) == (1, True)


class Broken:
    sequence = 7


def test_memory_does_not_hold_the_deeds_of_a_long_record(inside, world):
    with transaction():
        event = session().get_one(Event, world.competition_a)
        for n in range(queries.BATCH + 20):
            record(judging.actor("organizer_a"), "event.changed", event, number=n)

    things = queries.things_of([], world.competition_a)
    read = [one["sequence"] for one in queries.deeds_of(world.group_a, things)]

    assert len(read) >= queries.BATCH + 20
    assert read == sorted(set(read))


@pytest.mark.parametrize("name", ["chief_a", "clerk_a", "leader1_a", "organizer2_a", "organizer_b"])
def test_only_the_organizer_in_charge_makes_a_pack(inside, world, name):
    event = session().get_one(Event, world.competition_a)
    with pytest.raises(Forbidden):
        ask_pack(judging.actor(name), event, "证据包")
