extension Stylesheet {
  /// Tiles, badges, choices, facts and the timeline.
  static let pieces = """
    .badge { display: inline-block; padding: 0.0625rem 0.625rem; border-radius: 99px;
      font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
    .badge + small { margin-top: 0.25rem; }
    .badge.calm { color: var(--calm); background: var(--calm-ground); }
    .badge.busy { color: var(--busy); background: var(--busy-ground); }
    .badge.good { color: var(--good); background: var(--good-ground); }
    .badge.warn { color: var(--warn); background: var(--warn-ground); }
    .badge.bad { color: var(--bad); background: var(--bad-ground); }
    .badge.done { color: var(--done); background: var(--done-ground); }
    .badge.off { color: var(--off); background: var(--off-ground); }
    .tiles-panel { display: grid; gap: 0.75rem; }
    .total { color: var(--soft); }
    .total strong { color: var(--ink); font-weight: 680; }
    .bar { display: block; width: 100%; height: 0.75rem; border-radius: 6px; }
    .calm { --tone: var(--share-calm); } .busy { --tone: var(--share-busy); }
    .good { --tone: var(--share-good); } .warn { --tone: var(--share-warn); }
    .bad { --tone: var(--share-bad); } .done { --tone: var(--share-done); }
    .off { --tone: var(--share-off); }
    .share { fill: var(--tone); }
    .tiles { list-style: none; display: grid; gap: 0.75rem;
      grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
    .tile { display: block; height: 100%; padding: 0.75rem 1rem 0.875rem; background: var(--card);
      border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow);
      color: inherit; text-decoration: none; }
    .tile:hover { border-color: var(--strong-line); }
    .tile strong { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650;
      letter-spacing: -0.02em; }
    .tile span { display: flex; align-items: center; gap: 0.5rem; color: var(--soft);
      font-size: 0.875rem; }
    .tile span::before { content: ""; flex: none; width: 0.625rem; height: 0.625rem;
      border-radius: 3px; background: var(--tone); }
    .tile.zero strong { color: var(--soft); font-weight: 500; }
    .choices { display: flex; flex-wrap: wrap; gap: 0.5rem; }
    .choices a { display: inline-flex; gap: 0.5rem; align-items: center; min-height: 2rem;
      padding: 0.125rem 0.75rem; border: 1px solid var(--line); border-radius: 99px;
      background: var(--card); color: var(--ink); font-size: 0.875rem; text-decoration: none; }
    .choices a:hover { border-color: var(--strong-line); }
    .choices a[aria-current] { background: var(--ink); border-color: var(--ink);
      color: var(--card); }
    .choices .count { color: var(--soft); }
    .choices a[aria-current] .count { color: inherit; }
    .search { display: flex; gap: 0.5rem; flex: 0 1 26rem; }
    input[type="search"] { flex: 1; min-width: 0; min-height: 2.25rem; padding: 0.25rem 0.75rem;
      border: 1px solid var(--strong-line); border-radius: 8px; background: var(--card);
      color: var(--ink); font: inherit; font-size: 1rem; }
    ::placeholder { color: var(--soft); opacity: 1; }
    .pages { display: flex; gap: 0.75rem; justify-content: flex-end; }
    .notice { padding: 0.625rem 1.25rem; border-top: 1px solid var(--line);
      background: var(--warn-ground); color: var(--warn); font-size: 0.9375rem; }
    .callout { padding: 0.875rem 1.25rem; border-radius: var(--radius); color: var(--bad);
      background: var(--bad-ground); border-left: 4px solid var(--share-bad);
      overflow-wrap: anywhere; }
    .callout p { color: var(--ink); }
    .facts { padding: 0 1.25rem 1rem; }
    .facts > div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 1rem;
      padding: 0.4375rem 0; border-top: 1px solid var(--line); font-size: 0.9375rem; }
    .facts dt { color: var(--soft); }
    .facts dd { min-width: 0; overflow-wrap: anywhere; }
    .facts dd small { display: inline; margin-left: 0.625rem; }
    .pin { display: grid; padding: 0 1.25rem 0.875rem; }
    .pin > span:first-child { font-size: 0.8125rem; color: var(--soft); }
    .pin code { font-size: 1.375rem; font-weight: 600; letter-spacing: 0.02em; }
    .panel > h3 { padding: 0.5rem 1.25rem; background: var(--raised);
      border-block: 1px solid var(--line); }
    .timeline { list-style: none; padding: 0.75rem 1.25rem 1rem; }
    .timeline li { display: grid; grid-template-columns: 6.75rem 1fr; gap: 1.25rem;
      position: relative; padding: 0.375rem 0; }
    .timeline time { font: 0.8125rem/1.8 var(--code); color: var(--soft); }
    .timeline li > div { min-width: 0; padding-left: 1.25rem; border-left: 2px solid var(--line);
      position: relative; margin: -0.375rem 0; padding-block: 0.375rem; overflow-wrap: anywhere; }
    .timeline li > div::before { content: ""; position: absolute; left: -6px; top: 0.8125rem;
      width: 10px; height: 10px; border-radius: 50%; background: var(--share-off);
      box-shadow: 0 0 0 3px var(--card); }
    .timeline .kind-status > div::before { background: var(--share-calm); }
    .timeline .kind-effect > div::before { background: var(--share-good); }
    .timeline li.trouble > div::before { background: var(--share-bad); border-radius: 2px; }
    .timeline .what strong { font-weight: 600; }
    .timeline .kind { display: inline-block; min-width: 4rem; font-size: 0.8125rem;
      color: var(--soft); }
    .timeline .detail { font-size: 0.875rem; color: var(--soft); white-space: pre-line; }
    @media (max-width: 46rem) {
      .top nav { margin-left: -0.75rem; }
      .timeline li { grid-template-columns: 1fr; gap: 0; padding-left: 1.25rem; }
      .timeline li > div { margin: 0; padding: 0 0 0.25rem; border: 0; position: static; }
      .timeline li > div::before { left: 0; top: 0.8125rem; }
      .facts > div { grid-template-columns: 7rem 1fr; }
      .facts dd small { display: block; margin: 0; }
      .search { flex: 1 1 100%; }
      .tiles { grid-template-columns: 1fr 1fr; }
    }
    """
}
