"""A teacher training as its people live it: from the call to the certificate, in Chinese.

Sign-in keeps to the windows of the half days, and the server's clock is the real one. So there are
two classes: one meets today and tomorrow, and shows signing in at whatever hour the test runs; one
met yesterday, and goes on to results and certificates.
"""

import io
from datetime import date, time, timedelta
from time import sleep
from typing import NamedTuple
from urllib.parse import urlsplit

from openpyxl import load_workbook
from pypdf import PdfReader

from eventsys import clock
from tests.browser.qr_reading import read_qr
from tests.world import id_number

DESK, PHONE, SCREEN = (1280, 900), (390, 844), (1920, 1080)
OWN = ("甲钱二", id_number(410105, date(2005, 1, 1), 1))  # whom participant_a's account belongs to
PHONE_NUMBER = "13800138000"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKER_LIMIT = 60_000  # milliseconds; a second is usual
WINDOWS = {"上午": (time(7, 0), time(12, 30)), "下午": (time(12, 30), time(18, 30))}


class Course(NamedTuple):
    """A training with one class, as its pages are found."""

    name: str
    group: str
    event: str
    track: str

    @property
    def desk(self) -> str:
        return f"/attendance{self.track}/check-in"

    @property
    def hours(self) -> str:
        return f"/attendance{self.track}/hours"


def teacher(name: str, order: int) -> tuple[str, str]:
    """A teacher whom nobody has registered yet."""
    return name, id_number(410105, date(1985, 3, 1), order)


def sign_in_now() -> tuple[str, str]:
    """Which half day of today is open (empty when none is), and which one comes next."""
    today, at = clock.today(), clock.in_shanghai(clock.now()).time()
    now = [part for part, (opens, closes) in WINDOWS.items() if opens <= at < closes]
    first = WINDOWS["上午"][0]
    coming = f"{today if at < first else today + timedelta(days=1)} 上午"
    return (now[0] if now else ""), coming


# ---- what several people do


def click(visitor, place):
    """Press what stands at a place of the page, and check where it led."""
    place.click()
    visitor.page.wait_for_load_state()
    visitor.check()


def step_into(visitor, text):
    """Follow the link that says this, whatever stands beside it."""
    click(visitor, visitor.page.get_by_role("main").get_by_role("link", name=text).first)


def confirm(visitor, button):
    """Press a button that asks once more, and mean it."""
    visitor.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    click(visitor, visitor.page.get_by_role("dialog").get_by_role("button", name="确定"))


def path_of(visitor) -> str:
    return urlsplit(visitor.page.url).path


def message(visitor) -> str:
    """What the page says about what was just done."""
    return visitor.page.locator("#main .notice").first.inner_text().strip()


def download(visitor) -> bytes:
    """Wait for the worker, and take the file it made."""
    ready = visitor.page.get_by_role("main").get_by_role("link", name="下载", exact=True)
    ready.wait_for(timeout=WORKER_LIMIT)
    with visitor.page.expect_download() as taken:
        ready.click()
    return taken.value.path().read_bytes()


def printed(pdf: bytes) -> str:
    """The words of a PDF, without blanks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def rows(visitor) -> list[list[str]]:
    """The cells of the only table, without blanks."""
    every = visitor.page.locator("#main tbody tr").all()
    return [["".join(c.inner_text().split()) for c in row.locator("th,td").all()] for row in every]


# ---- the organizer


def announce(organizer, name, first, last) -> Course:
    """Create a training with one class, two places for each unit, and publish it."""
    group = f"{name}一班"
    organizer.go("/events/new/training")
    organizer.fill("活动名称", name)
    organizer.choose("承办单位", "甲职业技术学院")
    now = clock.in_shanghai(clock.now()).replace(tzinfo=None, second=0, microsecond=0)
    organizer.fill("报名开始", (now - timedelta(days=3)).isoformat(timespec="minutes"))
    organizer.fill("报名截止", (now + timedelta(days=2)).isoformat(timespec="minutes"))
    organizer.fill("举办首日", first.isoformat())
    organizer.fill("举办末日", last.isoformat())
    organizer.press("保存草稿")
    event = path_of(organizer)

    organizer.follow("添加班次")
    organizer.fill("项目名称", group)
    organizer.fill("每单位名额", "2")
    for number, theme in enumerate(["五轴编程实训", "企业真实项目"]):
        organizer.page.locator(f"#half_days-{number}-theme").fill(theme)
    organizer.press("保存")
    organizer.follow("发布")
    organizer.press("发布并冻结规则")
    assert message(organizer) == "活动已发布，规则已冻结。"

    step_into(organizer, group)
    return Course(name, group, event, path_of(organizer))


def approve_all(organizer, course, number):
    """From the start page to the list, and everybody at once."""
    organizer.go("/")
    step_into(organizer, f"“{course.name}”待审核的报名")
    organizer.page.get_by_label("全选本页").check()
    organizer.press("通过所选")
    assert message(organizer) == f"已通过 {number} 份报名，并已通知各单位。"


def enter_by_hand(organizer, course, name, on, part):
    """Correct a half day of one trainee from the table of hours."""
    organizer.go(course.hours)
    row = organizer.page.locator("tbody tr", has_text=name)
    click(organizer, row.locator(f"td[data-label='{on:%m-%d} {part}'] a"))
    organizer.fill("原因", "纸质签到表为证")
    organizer.press("补签")
    assert message(organizer) == "已更正，操作人和原因已记录在案。"


# ---- the schools


def nominate(leader, course, who):
    """Fill in the form for one teacher and submit it."""
    name, number = who
    leader.go("/registration")
    row = leader.page.locator("tbody tr", has_text=course.group)
    click(leader, row.get_by_role("link", name="逐个填报"))
    fill_in(leader, name, number)
    assert message(leader).startswith("已提交，编号 ")


def fill_in(leader, name, number):
    leader.fill("姓名", name)
    leader.fill("证件号码", number)
    leader.page.get_by_label("手机号码").fill(PHONE_NUMBER)
    leader.press("提交")


def find_no_place(leader, course, who):
    """Beyond the quota nothing is taken, and the page says so before and after."""
    leader.go("/registration")
    row = leader.page.locator("tbody tr", has_text=course.group)
    assert row.get_by_role("link", name="逐个填报").count() == 0
    assert "名额已满" in row.inner_text()

    leader.go(f"{course.track}/entries/new")
    assert leader.sees("贵单位在此已无名额。")
    fill_in(leader, *who)
    refusal = (
        f"“{course.group}”每单位限报 2 个，甲职业技术学院 已用 2 个，无法再报 1 个。"
        "请撤回部分报名或减少数量。"
    )
    assert refusal in leader.page.get_by_role("alert").inner_text()


def nominate_by_table(leader, course, people):
    """Fill in the template for several teachers, look at the preview, enter them."""
    leader.go("/registration")
    row = leader.page.locator("tbody tr", has_text=course.group)
    click(leader, row.get_by_role("link", name="表格导入"))
    with leader.page.expect_download() as taken:
        leader.page.get_by_role("link", name="下载模板").click()
    book = load_workbook(io.BytesIO(taken.value.path().read_bytes()))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for at, (name, number) in enumerate(people, start=2):
        given = {"姓名": name, "证件号码": number, "手机号码": PHONE_NUMBER}
        for head, value in given.items():
            sheet.cell(at, heads.index(head) + 1, value)
    table = io.BytesIO()
    book.save(table)
    file = {"name": "培训报名.xlsx", "mimeType": XLSX, "buffer": table.getvalue()}
    leader.page.get_by_label("填好的表格").set_input_files(file)
    leader.press("检查表格")
    leader.press(f"确认录入全部 {len(people)} 份")
    assert message(leader) == f"已提交 {len(people)} 份报名，审核后会通知您。"


# ---- tickets and signing in


def ticket_of(visitor, course, name) -> str:
    """Open somebody's ticket from one's own timetable; what its code says."""
    visitor.go("/timetable/my-day")
    stop = visitor.page.locator(".stops li", has_text=course.group).filter(has_text=name)
    click(visitor, stop.get_by_role("link", name="证件"))
    assert visitor.page.get_by_role("heading", name="听课证").count() == 1
    return read_qr(visitor.page.locator(".qr svg"))


def scan(visitor, text):
    """What a scanner at the desk does: it types and presses Enter."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.type(text)
        visitor.page.keyboard.press("Enter")
    visitor.check()


def sign_in_in_time(organizer, participant, screen, course, ticket, part):
    """One trainee is scanned at the desk, one scans the screen; both for the half day now open."""
    organizer.go(course.desk)
    assert organizer.sees(f"正在签到：{clock.today()} {part}")
    scan(organizer, ticket)
    assert organizer.page.locator(".pass-ok .pass-name").inner_text() == "周敏"
    scan(organizer, "")
    assert message(organizer) == "01-002 周敏 已登记到场。"
    scan(organizer, ticket)
    again = organizer.page.locator(".pass-warn .notice").inner_text()
    assert again.startswith("已于 ")
    assert again.strip().endswith("登记到场（甲组织者），无需重复。")

    screen.page.clock.install()
    screen.go(f"/attendance{course.track}/poster")
    assert screen.page.locator(".qr .big").inner_text() == "已签到 1 / 4"
    first = read_qr(screen.page.locator(".qr svg"))
    participant.go(urlsplit(first).path)
    participant.press("我已到场，签到")
    assert message(participant) == "本次签到成功。"

    second = first
    for _ in range(5):  # the screen asks by its clock, the server turns the code by its own
        with screen.page.expect_response("**/poster/code"):
            screen.page.clock.run_for(31_000)
        screen.page.get_by_text("已签到 2 / 4").wait_for()
        second = read_qr(screen.page.locator(".qr svg"))
        if second != first:
            break
        sleep(8)
    assert second != first
    participant.go(urlsplit(second).path)
    participant.press("我已到场，签到")
    assert message(participant).startswith("您已于 ")


def sign_in_out_of_hours(organizer, screen, course, ticket, coming):
    """Nobody can sign in: desk and screen say when one can. The organizer enters both by hand."""
    refusal = f"现在没有课程。下一次签到：{coming}。"
    organizer.go(course.desk)
    assert organizer.sees("当前不在签到时间。上午签到 07:00–12:30，下午签到 12:30–18:30。")
    scan(organizer, ticket)
    assert organizer.page.locator(".pass-warn .notice").inner_text().strip() == refusal
    assert organizer.page.get_by_role("button", name="确认签到").count() == 0

    screen.go(f"/attendance{course.track}/poster")
    assert message(screen) == refusal
    assert screen.page.locator(".qr").count() == 0

    for name in ("周敏", OWN[0]):
        enter_by_hand(organizer, course, name, clock.today(), "上午")


def sign_in(organizer, participant, screen, course, ticket) -> str:
    """Three of four are in for one half day of today, whatever the hour; which one it is."""
    part, coming = sign_in_now()
    if part:
        sign_in_in_time(organizer, participant, screen, course, ticket, part)
    else:
        sign_in_out_of_hours(organizer, screen, course, ticket, coming)
    part = part or "上午"
    enter_by_hand(organizer, course, "郑洁", clock.today(), part)
    return part


# ---- hours, results, certificates


def hours_are_right(organizer, course, part):
    """On the page and in the workbook."""
    signed = {"上午": ["已签到", "未签到"], "下午": ["未签到", "已签到"]}[part]
    came = [*signed, "未签到", "未签到", "4", "25.00%", ""]
    missed = ["未签到"] * 4 + ["0", "0.00%", ""]
    organizer.go(course.hours)
    assert rows(organizer) == [
        ["甲钱二甲职业技术学院", *came],
        ["周敏甲职业技术学院", *came],
        ["郑洁甲工业学院", *came],
        ["王磊甲工业学院", *missed],
    ]
    organizer.press("导出学时表")
    sheet = load_workbook(io.BytesIO(download(organizer))).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    heads = next(line for line in lines if "姓名" in line)
    people = [dict(zip(heads, line, strict=True)) for line in lines if line[0] in {"001", "004"}]
    keys = ("姓名", "单位", "总学时", "出勤率（百分数）")
    assert [tuple(one[key] for key in keys) for one in people] == [
        ("甲钱二", "甲职业技术学院", 4, 25),
        ("王磊", "甲工业学院", 0, 0),
    ]


def draw_up(organizer, leader, course):
    """The threshold decides; once published, the school sees it too."""
    organizer.go(course.track)
    organizer.follow("成绩")
    expected = [
        ["甲钱二", "甲职业技术学院", "8/8", "100.00%", "已结业"],
        ["冯琳", "甲职业技术学院", "4/8", "50.00%", "未结业"],
    ]
    assert rows(organizer) == expected
    organizer.page.get_by_label("立即公布").check()
    organizer.press("生成成绩")
    assert message(organizer) == "成绩已公布。"
    leader.go("/results/mine")
    assert rows(leader) == [[*line[:3], line[4]] for line in expected]


def issue(office, course) -> str:
    """Whoever completed the class gets a certificate; the words of the paper."""
    office.go("/")
    step_into(office, "待颁发证书的赛项与班次")
    step_into(office, course.group)
    assert [row[0] for row in rows(office)] == ["甲钱二"]
    confirm(office, "颁发 1 份证书")
    office.page.get_by_text("已完成").wait_for(timeout=WORKER_LIMIT)
    office.go(f"/certificates{course.track}")
    assert office.sees("应发证书均已颁发。")
    office.press("全部打印（1 份）")
    return printed(download(office))


def certificate_holds(visitor, path, number):
    """Anybody finds it by its address, and by the two facts on the paper."""
    visitor.go("/v")
    visitor.fill("证书编号", number)
    visitor.fill("证书上的姓名", OWN[0])
    visitor.press("查验")
    assert path_of(visitor) == path
    assert message(visitor).startswith("该证书真实有效。")
    assert visitor.page.locator("dd").all_inner_texts()[1:4] == [number, OWN[0], "甲职业技术学院"]


# ---- the journey


def test_a_class_from_the_call_to_the_hours(visit):
    organizer, participant = visit("organizer_a", DESK), visit("participant_a", PHONE)
    leader1, leader2 = visit("leader1_a", PHONE), visit("leader2_a", DESK)
    today = clock.today()

    course = announce(organizer, "产教融合师资培训", today, today + timedelta(days=1))
    nominate(leader1, course, OWN)
    nominate(leader1, course, teacher("周敏", 11))
    find_no_place(leader1, course, teacher("吴迪", 12))
    nominate_by_table(leader2, course, [teacher("郑洁", 13), teacher("王磊", 14)])
    approve_all(organizer, course, 4)

    organizer.go(course.hours)
    organizer.press("听课证")
    paper = printed(download(organizer))
    assert [name for name in ("甲钱二", "周敏", "吴迪", "郑洁", "王磊") if name not in paper] == [
        "吴迪"
    ]
    ticket = ticket_of(leader1, course, "周敏")
    assert ticket_of(participant, course, OWN[0]) != ticket

    part = sign_in(organizer, participant, visit("organizer_a", SCREEN), course, ticket)
    hours_are_right(organizer, course, part)
    organizer.go(f"{course.track}/results")
    assert organizer.sees(f"本班次 {today + timedelta(days=1)} 结束，次日起可生成结业结果。")


def test_a_class_that_is_over_from_its_hours_to_the_certificate(visit):
    organizer, participant = visit("organizer_a", DESK), visit("participant_a", PHONE)
    leader, office = visit("leader1_a", PHONE), visit("office_a", DESK)
    yesterday = clock.today() - timedelta(days=1)

    course = announce(organizer, "企业实践师资培训", yesterday, yesterday)
    nominate(leader, course, OWN)
    nominate(leader, course, teacher("冯琳", 15))
    approve_all(organizer, course, 2)
    for name, part in ((OWN[0], "上午"), (OWN[0], "下午"), ("冯琳", "上午")):
        enter_by_hand(organizer, course, name, yesterday, part)
    draw_up(organizer, leader, course)
    paper = issue(office, course)

    participant.go("/certificates/mine")
    (own,) = rows(participant)
    number = own[1]
    assert [text in paper for text in ("结业证书", OWN[0], number)] == [True, True, True]
    participant.follow(OWN[0])
    address = participant.page.get_by_role("main").get_by_role("link", name="/v/").inner_text()
    certificate_holds(visit(None, PHONE), urlsplit(address).path, number)
