// Keeps marked regions of a page up to date: <div id="waiting" data-live="orders">.
// When the server says that a topic changed, the page is asked for again and every marked region is
// swapped by its id. A region that somebody is typing in, or has opened, stays as it is.
(() => {
  "use strict";
  const regions = () => [...document.querySelectorAll("[data-live][id]")];
  const topics = new Set(regions().flatMap((r) => r.dataset.live.split(" ").filter(Boolean)));
  const light = document.querySelector("[data-live-light]");
  const say = (state) => { if (light) light.dataset.liveLight = state; };

  let asked = false;
  let again = false;
  let timer = 0;

  const isBusy = (region) =>
    region.contains(document.activeElement) &&
      document.activeElement.matches("input, textarea, select") ||
    region.querySelector("details[open], dialog[open]") !== null ||
    (!getSelection().isCollapsed && region.contains(getSelection().anchorNode));

  const refresh = async () => {
    if (asked) { again = true; return; }
    asked = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
      if (answer.redirected || answer.status === 401) {
        // A page that waits for somebody to sign in again says so by itself.
        const out = new CustomEvent("signedout", { cancelable: true });
        if (document.dispatchEvent(out)) location.reload();
        return;
      }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of regions()) {
        const fresh = page.getElementById(region.id);
        if (fresh && !isBusy(region) && fresh.innerHTML !== region.innerHTML) {
          const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
          region.replaceWith(document.adoptNode(fresh));
          if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
          document.dispatchEvent(new CustomEvent("refreshed", { detail: fresh.id }));
        }
      }
      say("on");
    } catch { say("off"); } finally {
      asked = false;
      if (again) { again = false; soon(); }
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 250); };

  // A key that leads to a field, as the slash to a search.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.activeElement.matches("input, textarea, select")) return;
    const field = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (field) { event.preventDefault(); field.focus(); }
  });

  if (topics.size === 0 || !window.EventSource) return;
  let source = null;
  const open = () => {
    source = new EventSource("/events?topics=" + encodeURIComponent([...topics].join(" ")));
    source.addEventListener("open", () => { say("on"); soon(); });
    source.addEventListener("changed", soon);
    source.addEventListener("error", () => say("off"));
  };
  // A page that nobody sees asks for nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) open();
  });
  if (!document.hidden) open();
})();
