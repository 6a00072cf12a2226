"""One person at a browser. Whatever page they leave, it was accessible and broke no policy."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response

from tests.world import PASSWORD

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  const where = v => v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ');
  return found.violations.map(v => v.id + ': ' + where(v));
}"""
WIDTHS = "() => [document.documentElement.scrollWidth, window.innerWidth]"


class Visitor:
    """A page with the checks that hold everywhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.checked: set[str] = set()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def sign_in(self, account: str, password: str = PASSWORD) -> None:
        """Through the real form."""
        self.go("/account/sign-in")
        self.page.get_by_label("登录名").fill(account)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("main").get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/")
        self.check()

    def go(self, path: str) -> None:
        """Open an address and check the page."""
        self.page.goto(path)
        self.check()

    def press(self, name: str, *, role: Any = "button", within: str = "main") -> None:
        """Press a button or follow a link by its words, and check where it led."""
        self.page.get_by_role(within).get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.check()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self.press(name, role="link")

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).first.fill(value)

    def choose(self, label: str, value: str) -> None:
        """Choose from the list with this label."""
        self.page.get_by_label(label, exact=True).first.select_option(label=value)

    def sees(self, text: str) -> bool:
        """Whether the words stand on the page."""
        return text in self.page.content()

    def check(self) -> None:
        """No accessibility violation, no sideways scrolling, nothing refused by the policy."""
        here = self.page.url.split("#")[0]
        if here not in self.checked:
            self.checked.add(here)
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            violations = self.page.evaluate(RUN_AXE)
            assert violations == [], f"{here}: {violations}"
        whole, window = self.page.evaluate(WIDTHS)
        assert whole <= window, f"{here}: {whole} wide in a window of {window}"
        assert self.complaints == [], f"{here}: {self.complaints}"

    def close(self) -> None:
        """Leave; whatever was heard until now counts."""
        self.page.context.close()
        assert self.complaints == [], self.complaints
