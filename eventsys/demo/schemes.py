"""The marking schemes of the two tracks of the demo's competition."""

from decimal import Decimal

from eventsys.events.rules import ModuleRule
from eventsys.schemes.aspects import AspectKind, Band
from eventsys.schemes.rules import AspectFacts, CriterionFacts, Source

J, B, M, D = AspectKind.JUDGEMENT, AspectKind.CHECK, AspectKind.MEASUREMENT, AspectKind.DEDUCTION
N, F = AspectKind.BANDS, AspectKind.FORMULA
LEVELS = ("未达到行业要求", "达到要求", "达到要求，局部更优", "优秀，可作示范")

MACHINING_MODULES = (
    ModuleRule("A", "工艺准备与编程", "Planning and programming", Decimal(40), Decimal(40)),
    ModuleRule("B", "多轴加工与检测", "Machining and measuring", Decimal(60), Decimal(60)),
)
MOBILE_MODULES = (
    ModuleRule("A", "界面与交互设计", "Interface and interaction", Decimal(40), Decimal(40)),
    ModuleRule("B", "功能开发与测试", "Development and testing", Decimal(60), Decimal(60)),
)


def judged(code: str, text: str, text_en: str, points: str) -> AspectFacts:
    """A 0-3 judgement."""
    return AspectFacts(code, J, text, Decimal(points), text_en, levels=LEVELS)


def checked(code: str, text: str, text_en: str, points: str) -> AspectFacts:
    """Met or not met."""
    return AspectFacts(code, B, text, Decimal(points), text_en)


def measured(code: str, text: str, text_en: str, points: str, *limits: str) -> AspectFacts:
    """A value against its tolerance in millimetres."""
    low, high = limits
    return AspectFacts(
        code, M, text, Decimal(points), text_en, Decimal(low), Decimal(high), unit="mm"
    )


def deducted(code: str, text: str, text_en: str, points: str, step: str) -> AspectFacts:
    """Points lost for each occurrence."""
    return AspectFacts(code, D, text, Decimal(points), text_en, step=Decimal(step))


def counted(code: str, text: str, text_en: str, points: str, factor: str) -> AspectFacts:
    """Full points and so many less for each fault that is counted, never below nothing."""
    full = Decimal(points)
    return AspectFacts(
        code, F, text, full, text_en, base=full, factor=Decimal(factor), floor=Decimal(0), unit="个"
    )


def banded(code: str, text: str, text_en: str, unit: str, *bands: str) -> AspectFacts:
    """Points by the band a value lies in: each band is written ``low high points``."""
    made = []
    for band in bands:
        low, high, points = (None if part == "-" else Decimal(part) for part in band.split())
        made.append(Band(low, high, points or Decimal(0)))
    most = max(one.points for one in made)
    return AspectFacts(code, N, text, most, text_en, bands=tuple(made), unit=unit)


MACHINING = (
    CriterionFacts(
        "A",
        "A1",
        "工艺文件",
        "Process documents",
        (
            judged("A1-1", "工艺文件完整，工序与参数合理", "Sound process plan", "9"),
            judged("A1-2", "五轴刀路策略合理，仿真无过切、无干涉", "Sound tool paths", "12"),
            checked("A1-3", "坐标系、安全高度、换刀点标注清楚", "Clearances marked", "9"),
        ),
    ),
    CriterionFacts(
        "A",
        "A2",
        "职业素养",
        "Professional conduct",
        (deducted("A2-1", "安全文明操作（每次违规扣 2 分）", "Safety (2 points each)", "10", "2"),),
        source=Source.PROCESS,
    ),
    CriterionFacts(
        "B",
        "B1",
        "尺寸精度",
        "Dimensional accuracy",
        (
            measured("B1-1", "叶轮安装轴外径 Ø32 h6", "Shaft diameter", "12", "31.984", "32.000"),
            measured("B1-2", "定位键槽宽度 12 H7", "Keyway width", "12", "12.000", "12.018"),
            measured("B1-3", "叶片型面轮廓度 ≤ 0.050", "Blade profile", "12", "0", "0.050"),
        ),
    ),
    CriterionFacts(
        "B",
        "B2",
        "外观与表面",
        "Finish",
        (
            judged("B2-1", "表面质量与接刀痕", "Surface and blending", "12"),
            checked("B2-2", "去毛刺、无磕碰划伤", "Deburred, no scratches", "12"),
        ),
    ),
)
MOBILE = (
    CriterionFacts(
        "A",
        "A1",
        "界面还原",
        "Interface",
        (
            judged("A1-1", "界面布局、配色与设计稿一致", "Follows the design", "18"),
            counted("A1-2", "界面缺陷（每处扣 2 分，扣完为止）", "Flaws, 2 each", "10", "-2"),
            checked("A1-3", "适配手机与平板两种屏幕", "Fits phone and tablet", "12"),
        ),
    ),
    CriterionFacts(
        "B",
        "B1",
        "功能实现",
        "Functions",
        (
            checked("B1-1", "用户登录与找回密码可用", "Sign-in works", "10"),
            checked("B1-2", "订单新建、修改、查询可用", "Orders work", "15"),
            judged("B1-3", "代码结构清晰、命名规范", "Clear code", "15"),
        ),
    ),
    CriterionFacts(
        "B",
        "B2",
        "性能与测试",
        "Performance and tests",
        (
            banded(
                "B2-1",
                "首屏加载时间",
                "Time to first screen",
                "s",
                "- 1.5 10",
                "1.5 3 6",
                "3 - 0",
            ),
            counted("B2-2", "回归测试未通过用例（每个扣 1 分）", "Failed tests", "10", "-1"),
        ),
    ),
)
