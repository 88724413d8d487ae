"""The accessibility checker axe, put into a page of the browser: WCAG 2.2 AA and good practice.

Contrast is most of its work, and most text of a page looks like other text there or on the page
before. So what has the same colours in the same place as what has passed is not measured again.
"""

from functools import cache
from importlib.resources import files

from tests.browser import emulate, resize

AXE = "axe_selenium_python", "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")  # what differs between light and dark
SCHEMES = ("light", "dark")
PREPARE = """
if (window.markUnmeasured) return true;
if (!window.axe) return false;
axe.configure({rules: [{id: "color-contrast", selector: "[data-unmeasured]"}]});
const grounds = new Map();
// Two numbers for a text and what was before it.
const mix = ([a, b], text) => {
  for (let at = 0; at < text.length; at++) {
    a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
    b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
  }
  return [a, b];
};
// The elements and classes up to the root, and what each of them paints.
const ground = (at) => {
  if (!at) return [1, 1];
  if (!grounds.has(at)) {
    const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(at);
    const name = at === document.body ? "" : at.getAttribute("class");
    const own = [at.localName, name, backgroundColor, backgroundImage, opacity, filter].join();
    grounds.set(at, mix(ground(at.parentElement), own));
  }
  return grounds.get(at);
};
window.lookOf = (at) => {
  const {color, fontSize, fontWeight, textShadow} = getComputedStyle(at);
  const both = mix(ground(at), [color, fontSize, fontWeight, textShadow].join());
  return both.map((each) => (each >>> 0).toString(36)).join("-");
};
const showsText = (at) => at.checkVisibility() && (at.matches("input, select, textarea, button")
  || [...at.childNodes].some((each) => each.nodeType === 3 && each.data.trim()));
// Those whose look did not pass, and one of each look that is new. Returns the looks of others.
window.markUnmeasured = (looks) => {
  grounds.clear();
  const marked = new Set(), left = [];
  for (const at of document.querySelectorAll("body *")) {
    const look = showsText(at) && lookOf(at);
    const isMeasured = look && (looks[look] === false || (!(look in looks) && !marked.has(look)));
    if (isMeasured) marked.add(look);
    else if (look && !looks[look]) left.push(look);
    at.toggleAttribute("data-unmeasured", isMeasured);
  }
  return {marked, left};
};
return true;
"""
CHECK = """
const [colours, rules, fine, poor, done] = arguments;
const looks = Object.fromEntries([[fine, true], [poor, false]].flatMap(
  ([words, isFine]) => words.split(" ").map((look) => [look, isFine])));
const told = ({violations}) => violations.map((rule) => [rule.id, rule.help,
  rule.nodes.map((node) => node.html.slice(0, 160) + " · " + node.any.concat(node.all, node.none)
    .map((check) => check.message).join(" "))]);
const measured = {};
const run = async (rules) => {
  const {marked, left} = markUnmeasured({...looks, ...measured});
  const result = await axe.run(document, {runOnly: rules, resultTypes: ["violations", "passes"],
    elementRef: true, selectors: false});
  for (const look of marked) measured[look] = false;
  for (const {nodes} of result.passes.filter(({id}) => id === "color-contrast"))
    for (const {element} of nodes) measured[lookOf(element)] = true;
  const found = told(result);
  if (left.every((look) => measured[look])) return found;
  return [...found.filter(([id]) => !colours.includes(id)), ...await run(colours)];
};
(async () => {
  const found = await run(rules);
  const those = (isFine) => Object.keys(measured).filter((look) => measured[look] === isFine);
  done([found, those(true).join(" "), those(false).join(" ")]);
})().catch((error) => done([[["axe itself", String(error), []]], "", ""]));
"""

_fine: set[str] = set()  # the looks whose contrast was found to be enough
_poor: set[str] = set()  # those of which it was not found


@cache
def _source() -> str:
    return files(AXE[0]).joinpath(AXE[1]).read_text(encoding="utf-8")


def violations(browser, schemes: tuple[str, ...] = SCHEMES) -> list[str]:
    """What is wrong with the page as it stands in the window: all rules in the first scheme, those
    of colours in the others."""
    if not browser.execute_script(PREPARE):
        browser.execute_script(_source())
        browser.execute_script(PREPARE)
    lines = []
    for number, scheme in enumerate(schemes):
        emulate(browser, scheme)
        rules = COLOURS if number else TAGS
        # As one text each: thousands of values would be long on their way.
        looks = " ".join(_fine), " ".join(_poor - _fine)
        found, fine, poor = browser.execute_async_script(CHECK, COLOURS, rules, *looks)
        _fine.update(fine.split())
        _poor.update(poor.split())
        lines += ["\n    ".join([f"{scheme}: {rule}: {words}", *at]) for rule, words, at in found]
    emulate(browser)
    return lines


def check(browser, schemes: tuple[str, ...] = SCHEMES) -> list[str]:
    """The violations of a page, in a window so high that no bar that stays lies over anything."""
    width, height = browser.execute_script(
        "return [innerWidth, document.documentElement.scrollHeight]"
    )
    resize(browser, width, height + 500)
    found = violations(browser, schemes)
    resize(browser, width)
    return found
