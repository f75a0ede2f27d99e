"""What every scene needs: a browser on the running server, people who sign in, a scanner's keystrokes,
screenshots, and checks of what every page owes everybody.

    from house import House

    with House() as house:
        page = house.visit("kim")                # signed in
        page.goto(house.url + "/bench")
        house.scan(page, "W1001-A")              # as a keyboard-wedge scanner types
        assert page.get_by_role("heading", name="W1001-A").is_visible()
        house.check(page)                        # labels, landmarks, contrast, target size
        house.shoot(page, "bench")               # bench.png in the images' folder
"""

import os
import pathlib
import sys

from playwright.sync_api import sync_playwright

import contrast

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


class House:
    def __init__(self):
        self.url = os.environ["QUAYSIDE_URL"]
        self.password = os.environ["QUAYSIDE_PASSWORD"]
        self.images = pathlib.Path(os.environ["QUAYSIDE_IMAGES"])
        self.troubles = []

    def __enter__(self):
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
        )
        return self

    def __exit__(self, kind, error, trace):
        self.browser.close()
        self.playwright.stop()
        if kind is None and self.troubles:
            print("\n".join(self.troubles), file=sys.stderr)
            raise SystemExit(1)

    # People

    def stranger(self, *, theme="light", size=DESKTOP, phone=False):
        """A page of somebody who has not signed in; anything that the browser complains of fails."""
        context = self.browser.new_context(
            viewport=PHONE if phone else size,
            color_scheme=theme,
            device_scale_factor=1,
            has_touch=phone,
            locale="en-CA",
            timezone_id="UTC",
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said))
        return page

    def _heard(self, page, said):
        # A refused request is often the point of a scene; a broken policy or script never is.
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.troubles.append(f"{page.url}: {said.text}")

    def visit(self, name, **how):
        """A page of somebody who has."""
        page = self.stranger(**how)
        self.sign_in(page, name)
        return page

    def sign_in(self, page, name, password=None):
        page.goto(self.url + "/sign-in")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password", exact=True).fill(password or self.password)
        with page.expect_navigation():
            page.get_by_role("button", name="Sign in").click()

    # Doing

    def scan(self, page, code, suffix="Enter", delay=4):
        """Keystrokes as a keyboard-wedge scanner sends them, wherever the focus is."""
        page.keyboard.type(code, delay=delay)
        if suffix:
            page.keyboard.press(suffix)

    def shoot(self, page, name, full=False):
        """A picture, as small as it can be without a loss."""
        self.images.mkdir(parents=True, exist_ok=True)
        path = self.images / f"{name}.png"
        page.screenshot(path=path, full_page=full, animations="disabled", caret="hide")
        return path

    # Looking

    def check(self, page):
        """What every page owes everybody (WCAG 2.2 AA, as far as a program can tell)."""
        for trouble in contrast.troubles(page) + page.evaluate(OWED):
            self.troubles.append(f"{page.url}: {trouble}")


# Landmarks, headings, labels, sizes of targets, nothing wider than the screen.
OWED = """() => {
  const found = [];
  const one = (what, count) => { if (count !== 1) found.push(`${count} of ${what}`); };
  const seen = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && e.checkVisibility({ visibilityProperty: true });
  };
  const name = (e) =>
    (e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || e.value || e.title ||
      document.getElementById(e.getAttribute("aria-labelledby"))?.innerText || "").trim();
  one("main", document.querySelectorAll("main").length);
  one("h1", document.querySelectorAll("h1").length);
  one("lang", document.documentElement.lang ? 1 : 0);
  one("title", document.title.trim() ? 1 : 0);
  const skip = document.querySelector("a.skip");
  if (!skip || !document.querySelector(skip.getAttribute("href"))) found.push("no skip link");
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (ids.has(e.id)) found.push(`the id ${e.id} twice`);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (e.type === "hidden" || !seen(e)) continue;
    if (!name(e)) found.push(`no name: ${e.outerHTML.slice(0, 120)}`);
    const box = e.getBoundingClientRect();
    const inText = e.matches("a, summary") && getComputedStyle(e).display === "inline";
    if (!inText && (box.width < 24 || box.height < 24) && !e.matches("a.skip")) {
      found.push(`smaller than 24 pixels: ${e.outerHTML.slice(0, 120)}`);
    }
  }
  for (const e of document.querySelectorAll("nav, section[aria-labelledby]")) {
    if (!name(e) && !e.getAttribute("aria-labelledby")) found.push("a landmark without a name");
  }
  for (const e of document.querySelectorAll("img:not([alt])")) found.push(`no alt: ${e.src}`);
  for (const e of document.querySelectorAll("td, tbody th")) {
    if (seen(e) && e.scrollWidth > e.clientWidth + 1) found.push(`cut off: ${e.innerText.slice(0, 80)}`);
  }
  for (const e of document.querySelectorAll("[style], [onclick], script:not([src])")) {
    found.push(`inline: ${e.outerHTML.slice(0, 120)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) {
    found.push(`${document.documentElement.scrollWidth} wide on a screen of ${innerWidth}`);
  }
  return found;
}"""
