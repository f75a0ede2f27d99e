"""The contrast of every piece of text on a page with the ground behind it, computed as WCAG 2.2 says
(1.4.3: 4.5 to 1, or 3 to 1 for large text)."""

TEXTS = """() => {
  const parse = (text) => {
    const n = text.match(/[\\d.]+/g).map(Number);
    if (text.startsWith("color(srgb")) return [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1];
    return [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    let base = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    for (const layer of layers.reverse()) base = over(layer, base);
    return base;
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const e = walk.currentNode.parentElement;
    if (!text || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || e.closest(".skip, [aria-hidden=true], :disabled, svg")) continue;
    const style = getComputedStyle(e);
    const behind = ground(e);
    const size = parseFloat(style.fontSize);
    found.push({
      text: text.slice(0, 40), ink: over(parse(style.color), behind), ground: behind,
      large: size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700),
    });
  }
  return found;
}"""


def luminance(colour):
    def part(value):
        value /= 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = map(part, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def troubles(page):
    assert round(ratio((0, 0, 0), (255, 255, 255)), 2) == 21 and round(ratio((119, 119, 119), (255, 255, 255)), 2) == 4.48
    found = page.evaluate(TEXTS)
    assert found, "a page without any text"
    low = []
    for piece in found:
        has = ratio(piece["ink"], piece["ground"])
        if has + 0.005 < (3 if piece["large"] else 4.5):
            low.append(f"contrast {has:.2f} of “{piece['text']}”")
    return low
