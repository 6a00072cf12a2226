"""Printed paper: characters arrive, data stays data, and the unprintable is refused."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from eventsys.printing import documents, labels, plan_labels
from eventsys.printing.documents import (
    CertificatePage,
    NothingToPrint,
    ResultLine,
    ResultSheet,
    ScoreAspect,
    ScoreSheet,
    SeatLine,
    SeatSheet,
    SignInLine,
    SignInSheet,
    TextTooLong,
    TicketPage,
    UnprintableText,
)
from eventsys.printing.fonts import SOURCES, missing_glyphs, unpacked_fonts
from eventsys.printing.qr import qr_svg
from eventsys.printing.typesetting import TEMPLATES, typeset

ROOT = Path(__file__).parents[2]
DIGEST = "5d41402abc4b2a76b9719d911017c592ae2b1f4a3b7e0d9c8f6a5e4d3c2b1a09"

CERTIFICATE = CertificatePage(
    title="荣誉证书",
    holder="欧阳淏然",
    lines=("在技能大赛中荣获",),
    award="一等奖",
    issuer="中原职业教育集团",
    issued_on="2026年11月20日",
    number="J-2026-000128-7",
    qr_text="https://example.org/v/abc",
)
TICKET = TicketPage(
    title="参赛证",
    event="技能大赛",
    holder="欧阳淏然",
    unit="黄河职业学院",
    masked_id="4101**********0013",
    number="2026-0128",
    room="B-302",
    seat="017",
    rules=("提前三十分钟到场。",),
    qr_text="https://example.org/t/abc",
)
LINE = ResultLine(place="1", code="K7-031", name="张骉", unit="黄河职业学院", total="95.23")
RESULT = ResultSheet(title="成绩单", rows=(LINE,), version="V3", digest=DIGEST)
ASPECT = ScoreAspect(section="安装", number="A1", text="标定误差", maximum="4.00")
SCORES = ScoreSheet(
    title="评分表",
    code="K7-031",
    aspects=(ASPECT,),
    maximum_total="4.00",
    scheme_version="S2",
    digest=DIGEST,
)


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    """The two things every printing function wants: words and a place for fonts."""
    return {"translate": str, "fonts_dir": tmp_path_factory.mktemp("fonts")}


def page_texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def accepted_chinese_names() -> list[str]:
    """The Chinese names of the shared vectors a form must accept."""
    rows = (ROOT / "tests/vectors/names.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = []
    for row in rows:
        written, category, verdict = row.split("\t")[:3]
        wanted = category.startswith(("ordinary", "Ext", "variant")) and verdict == "ACCEPT"
        if wanted:
            names.append(written.encode("ascii").decode("unicode_escape"))
    return names


def test_the_print_font_lacks_exactly_two_of_the_accepted_names_characters():
    lacking = missing_glyphs("".join(accepted_chinese_names()))

    assert lacking == ["\U0002ceb0", "\U00031350"]


def test_every_rare_name_the_font_can_draw_is_on_its_certificate(press):
    names = [name for name in accepted_chinese_names() if not missing_glyphs(name)]

    pages = [replace(CERTIFICATE, holder=name) for name in names]

    texts = page_texts(documents.certificates_pdf(pages, **press))

    printed = [name for name, text in zip(names, texts, strict=True) if name in text]
    assert printed == names
    assert sum(ord(character) > 0xFFFF for character in "".join(printed)) == 17


@pytest.mark.parametrize("holder", ["吴\U0002ceb0", "冯\U00031350", "محمد"])
def test_a_name_the_font_cannot_draw_is_refused_and_the_character_named(press, holder):
    with pytest.raises(UnprintableText) as refusal:
        documents.certificates_pdf([CERTIFICATE, replace(CERTIFICATE, holder=holder)], **press)

    assert refusal.value.facts["text"] == holder
    assert f"(U+{ord(holder[-1]):04X})" in str(refusal.value)


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\n", "\ud842", "\x07", "\u00ad"])
def test_an_invisible_character_is_refused_and_not_repeated_in_the_message(press, hidden):
    with pytest.raises(UnprintableText) as refusal:
        documents.tickets_pdf([replace(TICKET, unit=f"学{hidden}院")], **press)

    assert hidden not in str(refusal.value)
    assert refusal.value.facts["characters"] == f"U+{ord(hidden):04X}"


def test_the_refusal_of_much_strange_text_stays_short(press):
    strange = "".join(chr(0x0621 + n) for n in range(200))

    with pytest.raises(UnprintableText) as refusal:
        documents.certificates_pdf([replace(CERTIFICATE, holder=strange)], **press)

    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        "*x* _y_ $z$",
        "`raw` <label> @label",
        '#read("paper.typ")',
        "= title",
        "// note /* note */",
        "\\u{41} \\ #sys.inputs",
        '"; #eval("1+1")',
        "-- ... ~ --- 'q'",
        "{{7*7}}",
    ],
)
def test_markup_in_data_is_printed_letter_by_letter(press, words):
    pdf = documents.certificates_pdf([replace(CERTIFICATE, lines=(words,))], **press)

    assert words in page_texts(pdf)[0]


def test_two_hundred_certificates_are_two_hundred_pages_in_order(press):
    pages = [replace(CERTIFICATE, number=f"J-{n:03d}", qr_text=f"v/{n}") for n in range(200)]

    texts = page_texts(documents.certificates_pdf(pages, **press))

    assert [re.findall(r"J-\d{3}", text) for text in texts] == [[f"J-{n:03d}"] for n in range(200)]


def test_equal_data_gives_equal_bytes(press):
    twice = [documents.certificates_pdf([CERTIFICATE], **press) for _ in range(2)]

    assert twice[0] == twice[1]
    assert sorted(PdfReader(io.BytesIO(twice[0])).metadata or {}) == ["/Creator", "/Title"]


def test_the_fixed_words_are_translated_with_the_english_beneath(press):
    chinese = {"Certificate no.": "证书编号"}
    press = press | {"translate": lambda message: chinese.get(message, message)}

    text = page_texts(documents.certificates_pdf([CERTIFICATE], **press))[0]

    assert re.search(r"证书编号\s+Certificate no\.", text)
    assert text.count("Scan to verify") == 1


@pytest.mark.parametrize(("per_page", "pages"), [(4, 2), (1, 5)])
def test_five_tickets_fill_as_many_pages_as_their_size_says(press, per_page, pages):
    tickets = [replace(TICKET, number=f"T-{n}") for n in range(5)]

    texts = page_texts(documents.tickets_pdf(tickets, per_page=per_page, **press))

    assert len(texts) == pages
    assert re.findall(r"T-\d", "".join(texts)) == [f"T-{n}" for n in range(5)]


def test_a_ticket_shows_everything_it_was_given(press):
    text = page_texts(documents.tickets_pdf([TICKET], **press))[0]

    shown = ["欧阳淏然", "黄河职业学院", "4101**********0013", "B-302", "017", "提前三十分钟到场。"]
    assert [word for word in shown if word not in text] == []


def test_a_ticket_leaves_out_the_label_of_an_empty_field(press):
    filled = page_texts(documents.tickets_pdf([TICKET], **press))[0]
    empty = page_texts(documents.tickets_pdf([replace(TICKET, seat="")], **press))[0]

    assert ("Seat no." in filled, "Seat no." in empty) == (True, False)


def test_a_long_ranking_repeats_its_heading_version_digest_and_page_number(press):
    rows = tuple(replace(LINE, place=str(n), total=f"{99 - n / 10:.2f}") for n in range(1, 91))

    texts = page_texts(documents.result_sheet_pdf(replace(RESULT, rows=rows), **press))

    repeated = ["成绩单", "Rank", "V3", DIGEST]
    assert [[word for word in repeated if word not in text] for text in texts[:2]] == [[], []]
    assert [re.findall(r"(\d) / (\d)", text) for text in texts] == [
        [(str(n), str(len(texts)))] for n in range(1, len(texts) + 1)
    ]


def test_a_ranking_is_signed_by_chief_judge_supervisor_and_data_officer(press):
    text = page_texts(documents.result_sheet_pdf(RESULT, **press))[0]

    signers = re.findall("Chief judge|Supervisor|Data officer", text)
    assert sorted(signers) == ["Chief judge", "Data officer", "Supervisor"]


def test_a_ranking_by_code_has_no_column_for_names(press):
    blind = replace(RESULT, rows=(replace(LINE, name="", unit=""),))

    text = page_texts(documents.result_sheet_pdf(blind, **press))[0]

    assert re.findall("Entry code|Full name|School or unit", text) == ["Entry code"]


def test_modules_stand_in_the_order_of_the_heading(press):
    row = replace(LINE, scores=("11.10", "22.20"))
    sheet = replace(RESULT, modules=("模块甲", "模块乙"), rows=(row,))

    text = page_texts(documents.result_sheet_pdf(sheet, **press))[0]

    assert re.findall("模块甲|模块乙|11.10|22.20|95.23", text) == [
        "模块甲",
        "模块乙",
        "11.10",
        "22.20",
        "95.23",
    ]


def test_each_room_starts_its_own_page_and_counts_its_own_pages(press):
    seats = tuple(SeatLine(seat=str(n), name="李小龙", number=f"T-{n}") for n in range(1, 61))
    sheets = [SeatSheet(title="考场座次表", room=room, rows=seats) for room in ("B-302", "B-303")]

    texts = page_texts(documents.seat_sheets_pdf(sheets, **press))

    assert [re.findall(r"\d / \d", text) for text in texts] == [["1 / 2"], ["2 / 2"]] * 2
    assert ["B-302" in text for text in texts] == [True, True, False, False]


def test_a_sign_in_sheet_lists_people_and_half_days(press):
    people = (SignInLine(number="1", name="买买提江·吐尔逊", unit="黄河职业学院"),)
    sheet = SignInSheet(title="签到表", half_days=("7月6日上午", "7月6日下午"), rows=people)

    text = page_texts(documents.sign_in_sheets_pdf([sheet], **press))[0].replace(" ", "")

    wanted = ["签到表", "买买提江·吐尔逊", "黄河职业学院", "7月6日上午", "7月6日下午"]
    assert [word for word in wanted if word not in text] == []


def test_a_score_sheet_shows_code_scheme_version_and_digest_and_its_marks_when_filled(press):
    filled = replace(SCORES, aspects=(replace(ASPECT, mark="3.50"),), mark_total="3.50")

    blank_text, filled_text = page_texts(documents.score_sheets_pdf([SCORES, filled], **press))

    assert [word for word in ("K7-031", "S2", DIGEST, "4.00") if word not in blank_text] == []
    assert (blank_text.count("3.50"), filled_text.count("3.50")) == (0, 2)


def test_an_empty_document_is_refused(press):
    with pytest.raises(NothingToPrint):
        documents.certificates_pdf([], **press)
    with pytest.raises(NothingToPrint):
        documents.result_sheet_pdf(replace(RESULT, rows=()), **press)


@pytest.mark.parametrize("text", ["阿" * 501, "阿" * 65536])
def test_endless_text_is_refused_before_the_typesetter_sees_it(press, text):
    with pytest.raises(TextTooLong):
        documents.certificates_pdf([replace(CERTIFICATE, holder=text)], **press)


def test_lines_that_overflow_their_certificate_are_refused_by_holder(press):
    full = replace(CERTIFICATE, holder="张骉", lines=("荣获优秀奖" * 60,) * 6)

    with pytest.raises(TextTooLong) as refusal:
        documents.certificates_pdf([CERTIFICATE, full], **press)

    assert refusal.value.facts == {"item": "张骉"}


def test_a_name_of_fifty_characters_still_fits_everywhere(press):
    name = "阿" * 50

    certificate = documents.certificates_pdf([replace(CERTIFICATE, holder=name)], **press)
    ticket = documents.tickets_pdf([replace(TICKET, holder=name)], **press)

    assert page_texts(certificate)[0].count("阿") == 50
    assert page_texts(ticket)[0].count("阿") == 50


def test_a_qr_image_is_one_path_without_inline_style():
    image = qr_svg("https://example.org/v/abc")

    assert re.findall(r"<\s*(\w+)", image) == ["svg", "path"]
    assert re.findall(r"\b(?:style|class|on\w+)=", image) == []


def test_different_texts_have_different_qr_images():
    assert len({qr_svg(f"v/{n}") for n in range(50)}) == 50


def test_fonts_are_unpacked_once(tmp_path):
    first = unpacked_fonts(tmp_path)
    made = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}

    second = unpacked_fonts(tmp_path)

    assert {path.name: path.stat().st_mtime_ns for path in second.iterdir()} == made
    assert sorted(made) == ["NotoSansSC-400.ttf", "NotoSansSC-700.ttf"]


def damaged_tables(unpacked: Path, source: Path) -> list[str]:
    """The tables of an unpacked font that differ from those of its source."""
    with TTFont(unpacked, lazy=True) as found, TTFont(source, lazy=True) as wanted:
        tags = [tag for tag in wanted.keys() if tag not in {"GlyphOrder", "head"}]  # noqa: SIM118  a TTFont does not iterate over its tags
        return [tag for tag in tags if found.getTableData(tag) != wanted.getTableData(tag)]


def test_workers_that_start_together_leave_whole_fonts_and_no_litter(tmp_path):
    with ThreadPoolExecutor(3) as workers:
        folders = set(workers.map(unpacked_fonts, [tmp_path] * 3))

    (folder,) = folders
    assert sorted(path.name for path in folder.iterdir()) == [
        "NotoSansSC-400.ttf",
        "NotoSansSC-700.ttf",
    ]
    pairs = [(folder / f"{source.stem}.ttf", source) for source in SOURCES]
    assert [damaged_tables(unpacked, source) for unpacked, source in pairs] == [[], []]


@pytest.mark.parametrize("name", ["../typesetting", "nothing", "", "/etc/passwd"])
def test_only_our_own_templates_can_be_typeset(tmp_path, name):
    with pytest.raises(ValueError, match="no template"):
        typeset(name, {}, fonts_dir=tmp_path)


def test_no_template_evaluates_reads_or_fetches_anything():
    sources = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.typ")]

    calls = re.findall(
        r"\b(?:eval|read|csv|yaml|toml|xml|plugin|include)\(|@preview", "".join(sources)
    )

    assert (len(sources), calls) == (16, [])


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("certificate", labels.CERTIFICATE),
        ("tickets", labels.TICKET),
        ("result_sheet", labels.RESULT_SHEET),
        ("sign_in_sheet", labels.SIGN_IN_SHEET),
        ("seat_sheet", labels.SEAT_SHEET),
        ("score_sheet", labels.SCORE_SHEET),
        ("ruling", labels.RULING),
        ("desk_labels", plan_labels.DESK_LABEL),
        ("photo_sign_in", plan_labels.PHOTO_SIGN_IN),
        ("seat_map", plan_labels.SEAT_MAP),
        ("duty_list", plan_labels.DUTY_LIST),
        ("handbook", plan_labels.HANDBOOK),
        ("order_book", plan_labels.ORDER_BOOK),
    ],
)
def test_every_label_is_used_by_its_template(template, words):
    names = (f"{template}.typ", "paper.typ", "plan_shapes.typ")
    source = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)

    assert [
        key for key in words if f'"{key}"' not in source and f"labels.{key}" not in source
    ] == []


def test_every_printed_word_and_refusal_has_a_chinese_translation():
    catalogue = ROOT / "blueprints/translations/zh/LC_MESSAGES/printing.po"
    entries = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue.read_text("utf-8"), re.MULTILINE
    )
    translated = [message.replace('\\"', '"') for message, _ in entries]
    tables = (
        labels.CERTIFICATE,
        labels.TICKET,
        labels.RESULT_SHEET,
        labels.SIGN_IN_SHEET,
        labels.SEAT_SHEET,
        labels.SCORE_SHEET,
    )

    wanted = {message for table in tables for message in table.values()}
    wanted |= {refusal.message for refusal in (UnprintableText, TextTooLong, NothingToPrint)}

    assert sorted(translated) == sorted(wanted)
