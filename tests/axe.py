"""The accessibility checker axe, put into a page of the browser: WCAG 2.2 AA and good practice."""

from importlib.resources import files

from tests.browser import resize

AXE = "axe_selenium_python", "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SCHEMES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ("color-contrast", "link-in-text-block")},  # what differs
}
CHECK = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]})
  .then((found) => done(found.violations.map((rule) => [rule.id, rule.help,
    rule.nodes.map((node) => node.html.slice(0, 160) + " · " + node.any.concat(node.all, node.none)
      .map((check) => check.message).join(" "))])))
  .catch((error) => done([["axe itself", String(error), []]]));
"""


def violations(browser, scheme: str = "light") -> list[str]:
    found = browser.execute_async_script(CHECK, SCHEMES[scheme])
    return ["\n    ".join([f"{rule}: {words}", *nodes]) for rule, words, nodes in found]


def inject(browser) -> None:
    browser.execute_script(files(AXE[0]).joinpath(AXE[1]).read_text(encoding="utf-8"))


def check(browser, scheme: str = "light") -> list[str]:
    """The violations of a page, in a window so high that no bar that stays lies over anything."""
    width, height = browser.execute_script(
        "return [innerWidth, document.documentElement.scrollHeight]"
    )
    resize(browser, width, height + 500)
    inject(browser)
    found = violations(browser, scheme)
    resize(browser, width)
    return found
