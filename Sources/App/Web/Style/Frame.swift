extension Stylesheet {
  /// The band above, the foot below and the column between.
  static let frame = """
    .top {
      display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 2rem;
      padding: 0.625rem var(--edge); background: var(--band); color: var(--band-ink);
    }
    .top :focus-visible { outline-color: var(--lamp); }
    .wordmark { display: flex; align-items: center; gap: 0.625rem; color: inherit;
      font-size: 1.0625rem; font-weight: 680; letter-spacing: -0.01em; text-decoration: none; }
    .mark { width: 1.75rem; height: 1.75rem; }
    .crate { fill: var(--lamp); }
    .quay { fill: currentColor; }
    .wave { fill: #6cc5dc; }
    .top nav { display: flex; gap: 0.25rem; }
    .top nav a { padding: 0.375rem 0.75rem; border-radius: 8px; color: var(--band-soft);
      font-size: 0.9375rem; font-weight: 550; text-decoration: none; }
    .top nav a:hover { color: var(--band-ink); background: rgb(255 255 255 / 8%); }
    .top nav a[aria-current] { color: var(--band-ink); background: rgb(255 255 255 / 14%); }
    main { flex: 1; width: 100%; max-width: 80rem; margin: 0 auto;
      padding: clamp(1.25rem, 3vw, 2.25rem) var(--edge) 3rem; display: flex;
      flex-direction: column; gap: var(--gap); }
    .title { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between;
      gap: 0.75rem 2rem; }
    .crumb { font-size: 0.875rem; margin-bottom: 0.125rem; }
    h1.id { font-family: var(--code); font-size: clamp(1.25rem, 1rem + 1.4vw, 1.75rem);
      letter-spacing: -0.03em; }
    .title .badge { font-size: 0.9375rem; padding: 0.25rem 0.875rem; }
    .live { display: flex; align-items: center; gap: 0.625rem; font-size: 0.875rem;
      color: var(--soft); }
    .dot { width: 0.625rem; height: 0.625rem; border-radius: 50%; background: var(--share-good); }
    .dot.off { background: var(--share-off); }
    footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.5rem 2rem;
      padding: 1rem var(--edge) 1.5rem; border-top: 1px solid var(--line);
      font-size: 0.8125rem; color: var(--soft); }
    .machines { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
    .panel { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius);
      box-shadow: var(--shadow); overflow: hidden; }
    .edge-bad { border-top: 3px solid var(--share-bad); }
    .edge-warn { border-top: 3px solid var(--share-warn); }
    .edge-good { border-top: 3px solid var(--share-good); }
    .panel-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 1rem;
      padding: 0.875rem 1.25rem; }
    .two { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit,
      minmax(min(100%, 22rem), 1fr)); }
    .more { padding: 0.75rem 1.25rem; border-top: 1px solid var(--line); font-size: 0.875rem;
      color: var(--soft); }
    .empty { padding: 1.25rem 1.25rem 1.75rem; color: var(--soft); font-size: 0.9375rem; }
    .empty .headline { color: var(--ink); font-weight: 600; font-size: 1rem; }
    .panel > .empty:first-child { padding-top: 1.75rem; }
    .problem { margin: 12vh auto 0; max-width: 32rem; display: grid; gap: 1rem;
      overflow-wrap: anywhere; }
    """
}
