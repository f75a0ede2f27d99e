extension Stylesheet {
  /// Colours, type and spaces. Text on its ground keeps at least 4.5:1 in both schemes.
  static let tokens = """
    :root {
      color-scheme: light dark;
      --ground: #f4f3ee; --card: #fffefb; --raised: #f9f8f3; --ink: #15222b; --soft: #52606b;
      --line: #dedcd3; --strong-line: #7a8382; --link: #0b5a72; --focus: #0b5a72;
      --band: #0d3b4a; --band-ink: #f2f7f8; --band-soft: #b4d0d9; --lamp: #f2b84b;
      --calm: #1d4f91; --calm-ground: #e5eefa; --busy: #5b3d99; --busy-ground: #efeafa;
      --good: #14633c; --good-ground: #e0f3e7; --warn: #7d4700; --warn-ground: #fdefd3;
      --bad: #a01f1b; --bad-ground: #fde7e4; --done: #0e5f63; --done-ground: #dff1f1;
      --off: #535c63; --off-ground: #e9eae8;
      --share-calm: #3f7bd0; --share-busy: #8465cf; --share-good: #2c9a61; --share-warn: #b87410;
      --share-bad: #d2443e; --share-done: #1f8b91; --share-off: #7c858c;
      --text: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue",
        Arial, sans-serif;
      --code: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono",
        Menlo, Consolas, monospace;
      --radius: 10px; --gap: 1.25rem; --edge: clamp(1rem, 3vw, 2.5rem);
      --shadow: 0 1px 2px rgb(21 34 43 / 6%), 0 4px 14px rgb(21 34 43 / 4%);
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0e151a; --card: #162028; --raised: #1b2730; --ink: #e7edf0; --soft: #a2b0ba;
        --line: #2a3740; --strong-line: #6c7c87; --link: #7accdf; --focus: #7accdf;
        --band: #0a2732; --band-ink: #eef5f7; --band-soft: #a5c6d1;
        --calm: #a5c7fa; --calm-ground: #1a2f4d; --busy: #cbb9f7; --busy-ground: #2d2450;
        --good: #8fdab0; --good-ground: #143524; --warn: #f3c67a; --warn-ground: #3d2b0d;
        --bad: #ffaaa3; --bad-ground: #47191a; --done: #86d6d8; --done-ground: #12373a;
        --off: #b3bdc4; --off-ground: #29333a;
        --shadow: none;
      }
    }
    """
}
