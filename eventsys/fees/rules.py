"""Negotiations of exam fees (rules of the field §3.6). Money is whole fen, per person-time."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from eventsys.errors import N_, RuleBroken
from eventsys.fees.states import COST_ITEM_LABELS, Bearer, CostItemKind, ExamForm, Mode, Side

# what a computer exam does not cost (rules of the field §3.6, principle 5)
NOT_ON_COMPUTER = frozenset({CostItemKind.PRINTING, CostItemKind.PAPER_ASSEMBLY})
BANK_SPREAD_LEAST = 50_000  # person-times a year (principle 4)
MOST_FEN = 100_000_00
PROVINCES = tuple(
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省"
    " 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省"
    " 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区"
    " 新疆生产建设兵团".split()
)
YUAN = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?", re.ASCII)


class NotMoney(RuleBroken):
    message = N_("Write an amount in yuan with at most two decimals, for example 420.00.")


class PriceMissing(RuleBroken):
    message = N_("%(level)s: the price is missing. Fill it in, or clear the level's items.")


class NoPrices(RuleBroken):
    message = N_("The proposal has no price. Fill in at least one level.")


class PriceDiffers(RuleBroken):
    message = N_(
        "%(level)s: the price is %(price)s, but the items carried by the issuer add up to %(items)s"
        " (%(difference)s apart). Correct the price, an amount or a bearer."
    )


class ItemNotDue(RuleBroken):
    message = N_(
        "%(level)s: a computer exam has no cost for “%(item)s”, but %(amount)s is entered."
        " Clear it."
    )


class BankTooNarrow(RuleBroken):
    field = "bank_person_times"
    message = N_(
        "The cost of the question bank must be spread over at least %(least)s person-times a year."
        " Fill in over how many it is, and correct the amount."
    )


class OverCap(RuleBroken):
    message = N_(
        "%(level)s: the total cost %(total)s is above the limit of %(cap)s in %(document)s. Lower"
        " an item, or correct the limit."
    )


class NotYetHeld(RuleBroken):
    field = "held_on"
    message = N_("A round is recorded after it was held. Correct the day, or come back then.")


class RoundOutOfOrder(RuleBroken):
    field = "held_on"
    message = N_("The round before was held on %(before)s. Correct the day.")


class StartsTooEarly(RuleBroken):
    field = "starts_on"
    message = N_("The price was agreed on %(agreed)s. It can be in force from that day on.")


class LaterPrice(RuleBroken):
    field = "starts_on"
    message = N_(
        "%(level)s: a price in force from %(day)s is already recorded. Choose a later day."
    )


@dataclass(frozen=True)
class Item:
    """One cost item at one level: fen per person-time, who carries it, and on what ground."""

    kind: CostItemKind
    level_code: str
    bearer: Bearer
    fen: int
    basis: str = ""


@dataclass(frozen=True)
class Proposal:
    """What one side put forward in a round: prices by level, in fen per person-time."""

    proposed_by: Side
    held_on: date
    mode: Mode
    prices: Mapping[str, int]
    items: tuple[Item, ...]
    attendees: str = ""
    note: str = ""
    bank_person_times: int | None = None


@dataclass(frozen=True)
class Cap:
    """The upper limit of the total cost at one level, and the document that sets it."""

    fen: int
    document_no: str


@dataclass(frozen=True)
class Difference:
    """What moved between two rounds at one level; ``kind`` is None for the price itself."""

    level_code: str
    kind: CostItemKind | None
    before: int | None
    after: int | None
    bearer_before: Bearer | None = None
    bearer_after: Bearer | None = None

    @property
    def change(self) -> int:
        """Fen more (or fewer, below zero) than before; what is absent counts as nothing."""
        return (self.after or 0) - (self.before or 0)


def fen_of(text: str) -> int:
    """The fen meant by an amount in yuan: exact, never by way of a binary fraction."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("¥", "").strip()
    if not YUAN.fullmatch(plain):
        raise NotMoney
    fen = int(Decimal(plain).scaleb(2))
    if fen > MOST_FEN:
        raise NotMoney
    return fen


def yuan_of(fen: int) -> str:
    """Whole fen as yuan with two decimals, as one types it."""
    return f"{fen // 100}.{fen % 100:02d}"


def total_cost(items: Iterable[Item], level_code: str) -> int:
    """What one person-time costs altogether at a level, whoever carries it."""
    return sum(item.fen for item in items if item.level_code == level_code)


def carried_by_issuer(items: Iterable[Item], level_code: str) -> int:
    """The part of the cost at a level that the issuer carries: what a school pays to it."""
    return sum(
        item.fen for item in items if item.level_code == level_code and item.bearer is Bearer.ISSUER
    )


def check_proposal(
    proposal: Proposal, form: ExamForm, caps: Mapping[str, Cap], names: Mapping[str, str]
) -> None:
    """Refuse a proposal that does not add up, naming level and item (``names``: level to words)."""
    levels = {item.level_code for item in proposal.items if item.fen} | set(proposal.prices)
    if not levels:
        raise NoPrices
    for level in (code for code in names if code in levels):
        _check_price(proposal, level, names[level])
        if form is ExamForm.COMPUTER:
            _check_computer(proposal, level, names[level])
    _check_bank(proposal)
    check_caps(proposal, caps, names)


def _check_price(proposal: Proposal, level: str, name: str) -> None:
    price = proposal.prices.get(level)
    if price is None:
        raise PriceMissing(level=name)
    carried = carried_by_issuer(proposal.items, level)
    if price != carried:
        raise PriceDiffers(
            level=name,
            price=shown(price),
            items=shown(carried),
            difference=shown(abs(price - carried)),
        )


def _check_computer(proposal: Proposal, level: str, name: str) -> None:
    for item in proposal.items:
        if item.level_code == level and item.kind in NOT_ON_COMPUTER and item.fen:
            raise ItemNotDue(level=name, item=COST_ITEM_LABELS[item.kind], amount=shown(item.fen))


def _check_bank(proposal: Proposal) -> None:
    has_bank = any(item.fen for item in proposal.items if item.kind is CostItemKind.QUESTION_BANK)
    if has_bank and (proposal.bank_person_times or 0) < BANK_SPREAD_LEAST:
        raise BankTooNarrow(least=f"{BANK_SPREAD_LEAST:,}")


def check_caps(proposal: Proposal, caps: Mapping[str, Cap], names: Mapping[str, str]) -> None:
    """Refuse a total cost above the limit known for its level."""
    for level in proposal.prices:
        total, cap = total_cost(proposal.items, level), caps.get(level)
        if cap is not None and total > cap.fen:
            raise OverCap(
                level=names[level],
                total=shown(total),
                cap=shown(cap.fen),
                document=cap.document_no,
            )


def differences(before: Proposal, after: Proposal, levels: Iterable[str]) -> list[Difference]:
    """What moved from one round to the next, level by level, the price first."""
    moved = []
    for level in levels:
        price = Difference(level, None, before.prices.get(level), after.prices.get(level))
        old, new = _items_at(before, level), _items_at(after, level)
        items = [
            Difference(
                level,
                kind,
                old[kind].fen if kind in old else None,
                new[kind].fen if kind in new else None,
                old[kind].bearer if kind in old else None,
                new[kind].bearer if kind in new else None,
            )
            for kind in CostItemKind
            if kind in old or kind in new
        ]
        moved += [price, *items]
    return [
        one for one in moved if one.before != one.after or one.bearer_before is not one.bearer_after
    ]


def _items_at(proposal: Proposal, level: str) -> dict[CostItemKind, Item]:
    return {item.kind: item for item in proposal.items if item.level_code == level}


def shown(fen: int) -> str:
    """Money as refusals write it."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"
