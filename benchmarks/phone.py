"""What a page is on a phone: how soon it is seen, whether it jumps, what it loads, what is amiss.

    uv run python -m benchmarks.phone http://127.0.0.1:8000

prints a table of a server that runs, such as that of `manage.py demo`. Chromium is slowed down as
Lighthouse does: a processor four times slower, 1.6 Mbit/s and 150 ms to the server.
"""

import argparse
import time
from importlib.resources import files

from selenium import webdriver

from benchmarks import chromium
from benchmarks.weights import PAGES

WIDTH, HEIGHT = 360, 740
SLOWER, LATENCY, BYTES_A_SECOND = 4, 150, 1_600_000 // 8
# What a page should keep: seconds, a share of the screen, kB, pixels.
MOST_LCP, MOST_SHIFT, MOST_KB, LEAST_TARGET = 2.5, 0.1, 300, 24
AXE = "axe_selenium_python", "node_modules/axe-core/axe.min.js"
OBSERVE = """
window.seen = {lcp: 0, what: "", shift: 0};
new PerformanceObserver((list) => { for (const entry of list.getEntries()) {
  window.seen.lcp = entry.startTime;
  window.seen.what = entry.element?.tagName?.toLowerCase() ?? "";
}}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const entry of list.getEntries())
  if (!entry.hadRecentInput) window.seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
READ = """
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const isInText = (at) => at.closest("p, li > span, dd, .hidden, .skip") ||
  [...at.parentNode.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
const targets = [...document.querySelectorAll("a[href], button, input, select, summary")]
  .map((at) => at.closest("label") ?? at)
  .filter((at) => at.checkVisibility() && !isInText(at))
  .map((at) => at.getBoundingClientRect()).filter((box) => box.width > 2);
return {...window.seen, height: document.documentElement.scrollHeight,
  description: meta("description").length, robots: meta("robots"),
  canonical: document.querySelectorAll('link[rel="canonical"]').length,
  small: targets.filter((box) => Math.min(box.width, box.height) < arguments[0] - 0.5).length};
"""
CONTRAST = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "rule", values: ["color-contrast", "target-size"]}})
  .then((found) => done(found.violations.map((rule) => rule.id)));
"""
HEADS = ("page", "LCP s", "of", "CLS", "kB", "requests", "CSS unused", "px high", "description",
         "canonical", "robots", "small", "axe")  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("address", help="Where a server runs: http://127.0.0.1:8000")
    given = options.parse_args()
    browser = _browser()
    try:
        rows = [(name, _measured(browser, given.address + path)) for name, path in PAGES.items()]
    finally:
        browser.quit()
    print("| " + " | ".join(HEADS) + " |\n|" + "---|" * len(HEADS))
    for name, row in rows:
        print(f"| {name} | " + " | ".join(map(str, row)) + " |")
    poor = [name for name, row in rows if row[0] > MOST_LCP or row[2] > MOST_SHIFT]
    poor += [name for name, row in rows if row[3] > MOST_KB]
    print(f"\nPoor: {', '.join(dict.fromkeys(poor)) or 'none'}")


def _browser() -> webdriver.Chrome:
    browser = chromium.started(WIDTH, HEIGHT, scale=2, is_phone=True)
    for command, values in (
        ("Emulation.setCPUThrottlingRate", {"rate": SLOWER}),
        ("Network.setCacheDisabled", {"cacheDisabled": True}),
        ("Page.addScriptToEvaluateOnNewDocument", {"source": OBSERVE}),
        ("DOM.enable", {}),
        ("CSS.enable", {}),
    ):
        browser.execute_cdp_cmd(command, values)
    return browser


def _measured(browser: webdriver.Chrome, address: str) -> tuple:
    browser.get("about:blank")
    browser.get_log("performance")
    network = {"offline": False, "latency": LATENCY}
    network |= {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", network)
    browser.execute_cdp_cmd("CSS.startRuleUsageTracking", {})
    browser.get(address)
    time.sleep(1)  # what is painted last
    seen = browser.execute_script(READ, LEAST_TARGET)
    used = browser.execute_cdp_cmd("CSS.stopRuleUsageTracking", {})["ruleUsage"]
    answers = chromium.loaded(browser.get_log("performance"))
    unused = _unused(browser, used)
    browser.execute_script(files(AXE[0]).joinpath(AXE[1]).read_text(encoding="utf-8"))
    amiss = browser.execute_async_script(CONTRAST)
    return (
        round(seen["lcp"] / 1000, 2), seen["what"], round(seen["shift"], 3),
        round(sum(each.size for each in answers) / 1000), len(answers), f"{unused:.0%}",
        seen["height"], seen["description"], seen["canonical"],
        seen["robots"] or "index", seen["small"], ", ".join(amiss) or "–",
    )  # fmt: skip


def _unused(browser: webdriver.Chrome, rules: list[dict]) -> float:
    """The share of all style sheets that no used rule covers."""
    by_sheet: dict[str, list[tuple[float, float]]] = {}
    for rule in rules:
        spans = by_sheet.setdefault(rule["styleSheetId"], [])
        if rule["used"]:
            spans.append((rule["startOffset"], rule["endOffset"]))
    total, used = 0.0, 0.0
    for sheet, spans in by_sheet.items():
        text = browser.execute_cdp_cmd("CSS.getStyleSheetText", {"styleSheetId": sheet})["text"]
        total += len(text)
        for start, end in spans:
            # A layer, or what holds for some widths only, holds other rules: these count.
            if not any(start < first and last < end for first, last in spans):
                used += end - start
    return 1 - used / max(1.0, total)


if __name__ == "__main__":
    main()
