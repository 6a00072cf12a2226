"""Invented people with synthetic identity numbers; no number belongs to anybody."""

from datetime import date
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "子涵 浩然 梓轩 宇航 欣怡 思远 佳琪 俊杰 雨桐 文博 嘉豪 晓彤 志强 海燕 玉珍 建国 丽娟 天佑"
    " 一诺 明轩 淑敏 国栋 雪梅 伟 静 磊 洋 勇 艳 杰 娜 涛 明 超 霞 平 刚 桂英 振华 晨曦 若曦 泽宇"
).split()
AREAS = (410105, 410303, 410702, 410802, 411002, 411302, 411402, 411502)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class People:
    """An endless row of invented people, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  demo data, not a secret
        self.made = 0

    def name(self) -> str:
        """A Chinese name of two or three characters."""
        return self.random.choice(SURNAMES) + self.random.choice(GIVEN)

    def number(self, year: int) -> str:
        """A well-formed identity number of somebody born in ``year``; never the same twice."""
        self.made += 1
        born = date(year, self.random.randint(1, 12), self.random.randint(1, 28))
        order = (self.made * 7) % 1000
        body = f"{self.random.choice(AREAS):06d}{born:%Y%m%d}{order:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]
