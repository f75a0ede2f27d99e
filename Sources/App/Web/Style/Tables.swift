extension Stylesheet {
  /// Tables; under 46 rem each row becomes a small card with its heads beside the values.
  static let tables = """
    table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
    thead th { padding: 0.5rem 0.75rem; border-block: 1px solid var(--line);
      background: var(--raised); color: var(--soft); font-size: 0.8125rem; font-weight: 600;
      text-align: left; white-space: nowrap; }
    tbody th, td { padding: 0.625rem 0.75rem; text-align: left; vertical-align: top;
      font-weight: 400; overflow-wrap: anywhere; }
    :is(th, td):first-child { padding-left: 1.25rem; }
    :is(th, td):last-child { padding-right: 1.25rem; }
    tbody tr + tr > * { border-top: 1px solid var(--line); }
    tbody tr:hover { background: var(--raised); }
    th.number, td.number { text-align: right; white-space: nowrap; }
    tbody th .id { font-weight: 600; }
    time { white-space: nowrap; }
    tr.trouble > :first-child { box-shadow: inset 4px 0 var(--share-bad); }
    td .why, td small.why { max-width: 34rem; }
    .panel > table:first-of-type:first-child thead th { border-top: 0; }
    .effects .badge { margin-top: 0.25rem; }
    @media (min-width: 46.01rem) {
      .effects, .orders, .needs { table-layout: fixed; }
      .effects th:nth-child(1) { width: 17%; } .effects th:nth-child(2) { width: 17%; }
      .effects th:nth-child(4) { width: 11%; } .effects th:nth-child(5) { width: 16%; }
      .effects th:nth-child(6) { width: 9%; }
      .orders th:nth-child(1) { width: 19%; } .orders th:nth-child(3) { width: 11%; }
      .orders th:nth-child(4) { width: 16%; } .orders th:nth-child(5) { width: 17%; }
      .orders th:nth-child(6) { width: 12%; }
      .needs th:nth-child(1) { width: 19%; } .needs th:nth-child(2) { width: 17%; }
      .needs th:nth-child(4) { width: 14%; }
    }
    @media (max-width: 46rem) {
      table, tbody, tr, tbody th, td { display: block; }
      thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
        clip-path: inset(50%); }
      tbody tr { padding: 0.75rem 0; }
      tbody tr + tr { border-top: 1px solid var(--line); }
      tbody tr + tr > * { border-top: 0; }
      tr.trouble { box-shadow: inset 4px 0 var(--share-bad); }
      tr.trouble > :first-child { box-shadow: none; }
      tbody th, td, th.number, td.number { display: grid; grid-template-columns: 6.5rem 1fr;
        gap: 0.75rem; padding: 0.1875rem 1.25rem; text-align: left; white-space: normal; }
      tbody th::before, td::before { content: attr(data-column); color: var(--soft);
        font-size: 0.8125rem; line-height: 1.8; }
      td:has(> div > .none:only-child) { display: none; }
    }
    """
}
