extension Stylesheet {
  /// Type, links and what every element starts from.
  static let base = """
    *, *::before, *::after { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; min-height: 100vh; display: flex; flex-direction: column;
      background: var(--ground); color: var(--ink);
      font: 400 1rem/1.5 var(--text); font-variant-numeric: tabular-nums;
    }
    h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
    h1 { font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2rem); line-height: 1.15; font-weight: 680;
      letter-spacing: -0.02em; text-wrap: balance; }
    h2 { font-size: 1.0625rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.005em; }
    h3 { font-size: 0.8125rem; font-weight: 650; color: var(--soft); }
    small { display: block; font-size: 0.8125rem; line-height: 1.4; color: var(--soft); }
    a { color: var(--link); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
    a:hover { text-decoration-thickness: 2px; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
    code, .id { font-family: var(--code); font-size: 0.9em; unicode-bidi: isolate;
      overflow-wrap: anywhere; }
    .note { color: var(--soft); font-size: 0.875rem; }
    .none { color: var(--soft); }
    .why { color: var(--bad); }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: var(--edge); top: -4rem; padding: 0.5rem 1rem; z-index: 1;
      background: var(--card); color: var(--link); border-radius: 0 0 8px 8px; }
    .skip:focus { top: 0; }
    .button, button {
      display: inline-flex; align-items: center; min-height: 2.25rem; padding: 0.25rem 0.875rem;
      border: 1px solid var(--strong-line); border-radius: 8px; background: var(--card);
      color: var(--ink); font: inherit; font-size: 0.875rem; font-weight: 550;
      text-decoration: none; cursor: pointer;
    }
    .button:hover, button:hover { border-color: var(--ink); background: var(--raised); }
    @media (prefers-reduced-motion: no-preference) {
      a.tile, .button, button, .choices a { transition: border-color 120ms, background 120ms; }
    }
    """
}
