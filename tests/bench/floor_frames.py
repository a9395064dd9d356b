"""What a frame of the floor costs while every printer on it changes once a second.

A frame costs what the page's main thread works from one frame to the next, sixty times
a second: script, style, layout and paint, as the browser's own trace tells. Baseline: an
empty page in the same browser.
"""

import asyncio
import itertools
import shutil
from bisect import bisect_left

import orjson
from playwright.async_api import Browser, Page, async_playwright

from tests.bench.farm import PASSWORD, USER, farm
from tests.bench.figures import Figure, Missing, percentile

PRINTERS = 200
_US = 1e-6
_SECONDS = 10
_WARM_S = 5
_SIZES = ("Auto", "S")
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--no-first-run",
)

_DRAW = """
(seconds) => new Promise((resolve) => {
  const end = performance.now() + seconds * 1000;
  const frame = (now) => (now < end ? requestAnimationFrame(frame) : resolve());
  requestAnimationFrame(frame);
})
"""
_TASK, _FRAME = "RunTask", "FireAnimationFrame"


type _Thread = tuple[int, int]


def measure() -> list[Figure]:
    """Returns the frame times."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    chromium = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if chromium is None:
        raise Missing("Chromium is not installed")
    async with farm(PRINTERS) as running, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=_ARGUMENTS
        )
        base = f"http://127.0.0.1:{running.port}"
        empty = await _frames_s(await browser.new_page())
        figures = []
        page = await _floor(browser, base)
        for size in _SIZES:
            await page.get_by_role("radio", name=size, exact=True).check(force=True)
            await page.wait_for_timeout(_WARM_S * 1000)
            ours = await _frames_s(page)
            figures += [
                Figure(
                    f"{PRINTERS} cards, size {size}, p{percent}",
                    percentile(ours, percent),
                    "≤ 16 ms",
                    f"empty page, p{percent}",
                    percentile(empty, percent),
                )
                for percent in (50, 95, 99)
            ]
        await browser.close()
    return figures


async def _floor(browser: Browser, base: str) -> Page:
    context = await browser.new_context(
        base_url=base, viewport={"width": 1440, "height": 1000}
    )
    body = {"name": USER, "password": PASSWORD}
    answer = await context.request.post("/api/v1/auth/login", data=body)
    if not answer.ok:
        raise RuntimeError(await answer.text())
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_role("article").nth(PRINTERS - 1).wait_for(state="attached")
    return page


async def _frames_s(page: Page) -> list[float]:
    browser = page.context.browser
    assert browser is not None
    await browser.start_tracing(page=page, categories=_CATEGORIES)
    await page.evaluate(_DRAW, _SECONDS)
    traced = orjson.loads(await browser.stop_tracing())["traceEvents"]
    frames: dict[_Thread, list[int]] = {}
    tasks: dict[_Thread, list[tuple[int, int]]] = {}
    for event in traced:
        thread = (event["pid"], event["tid"])
        if event["name"] == _FRAME:
            frames.setdefault(thread, []).append(event["ts"])
        elif event["name"] == _TASK and "dur" in event:
            tasks.setdefault(thread, []).append((event["ts"], event["dur"]))
    drawing = max(frames, key=lambda thread: len(frames[thread]))
    return _work_s(sorted(frames[drawing]), _outermost(sorted(tasks[drawing])))


def _outermost(tasks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leaves out the tasks that ran within another."""
    kept: list[tuple[int, int]] = []
    for at, length in tasks:
        if not kept or at >= sum(kept[-1]):
            kept.append((at, length))
    return kept


def _work_s(frames: list[int], tasks: list[tuple[int, int]]) -> list[float]:
    """Returns the seconds of work between each frame and the next; instants in µs."""
    begun = [at for at, _ in tasks]
    done = [0, *itertools.accumulate(length for _, length in tasks)]
    # Several callbacks of one frame run in one task.
    edges = sorted({bisect_left(begun, frame) for frame in frames})
    pairs = itertools.pairwise(edges)
    return [(done[after] - done[before]) * _US for before, after in pairs]
