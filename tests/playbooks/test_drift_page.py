"""The page of a drift in a real browser; what needs none is in tests/unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reports.drift import make_report
from tests.support.browser import CHROMIUM, Browser
from tests.support.reports import rendered

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

LONG = "L" * 90
WIDE = "settings.default_reply_to_email"
RESULTS: dict[str, Any] = {
    "acme": {
        "integrations": [
            {
                "name": LONG,
                "id": "1161",
                "provider": "custom_email",
                "action": "updated",
                "changed_fields": [WIDE, "settings.password", "settings.username"],
                "secrets_written": ["password", "other"],
                "secrets_compared": False,
            },
            {"name": "Old", "id": "1162", "action": "deactivated", "changed_fields": ["status"]},
        ],
        "diff": [
            {"before": {WIDE: LONG, "settings.username": ""}, "after": {WIDE: f"{LONG}@example.com"}},
            {"before": {"status": "active"}, "after": {"status": "inactive"}},
        ],
        "unmanaged": [{"id": "1163", "name": "\u05d0\u05d1\u05d2 \u6f22\u5b57 <b>"}],
        "warnings": [LONG],
    },
    "clean": {"integrations": [{"name": "Mitto", "action": "unchanged"}]},
    LONG: {"failed": True, "msg": f"Hood answered 401 {LONG}"},
}

# The texts that can hardly be reported from what is behind them, the width of the page, and the focus as it is shown.
LOOK = """
(() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = colour => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map(channel);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim()) continue;
    const levels = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => b - a);
    const contrast = (levels[0] + 0.05) / (levels[1] + 0.05);
    if (contrast < 4.5) faint.push(`${walker.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
  }
  const link = document.querySelector("main a");
  link.focus({focusVisible: true});
  const {outlineStyle, outlineWidth} = getComputedStyle(link);
  return {faint, width: document.documentElement.scrollWidth, outline: `${outlineStyle} ${outlineWidth}`};
})()
"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_it_fits_is_legible_and_loads_nothing(chromium: Browser, tmp_path: Path, width: int) -> None:
    page = tmp_path / "drift.html"
    page.write_text(rendered("drift.html.j2", make_report(RESULTS, "2026-11-24T05:00:00Z")), encoding="utf-8")
    chromium.open(page, width)
    assert chromium.evaluate(LOOK) == {"faint": [], "width": width, "outline": "solid 3px"}
    assert [one["request"]["url"] for one in chromium.reported("Network.requestWillBeSent")] == [page.as_uri()]
    assert chromium.reported("Log.entryAdded") == []
    # What a screen reader is reported: the layout of a phone must not take the tables away.
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert {"main", "banner", "contentinfo", "region"} <= set(roles)
    assert (roles.count("table"), roles.count("columnheader"), roles.count("rowheader")) == (3, 5 + 2 * 3, 3 + 3 + 1)
