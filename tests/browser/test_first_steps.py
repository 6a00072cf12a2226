"""The first run of an installation, an invitation, and the start page on three sizes."""

import pytest

SIZES = {"desk": (1280, 900), "tablet": (1024, 768), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_the_start_page_of_an_organizer_fits(visit, size):
    visitor = visit("organizer_a", SIZES[size])

    assert visitor.sees("甲组织者")


def test_an_administrator_invites_somebody_who_then_signs_in(visit):
    admin = visit("admin_a")
    admin.go("/account/invite")
    admin.fill("姓名", "新来的领队")
    admin.page.get_by_role("combobox", name="角色").select_option(label="领队")
    admin.page.get_by_role("combobox", name="生效范围").select_option(label="甲职业技术学院")
    admin.press("生成链接")
    link = admin.page.locator("code").first.inner_text()

    guest = visit(None, SIZES["phone"])
    guest.go(link)
    guest.fill("登录名", "xinlai")
    guest.fill("密码", "xia-ge-yue-bisai-jian")
    guest.fill("再次输入密码", "xia-ge-yue-bisai-jian")
    guest.press("开通账号")
    guest.sign_in("xinlai", "xia-ge-yue-bisai-jian")

    assert guest.sees("新来的领队，您好")


def test_the_page_works_by_keyboard(visit):
    visitor = visit(None)
    visitor.go("/account/sign-in")
    visitor.page.keyboard.type("leader1_a")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.type("zheli-shi-mima-2026")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/")

    assert visitor.sees("甲领队1")
