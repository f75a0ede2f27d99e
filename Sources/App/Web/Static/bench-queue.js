// What the bench sends, in order, each event under a number of its own. An event stays in the browser
// until the server has answered it, over reloads and lost networks; the number makes it count once,
// however often it is sent.
window.BenchQueue = (() => {
  "use strict";
  // Longer than the server tries (10 s), so that what it says in the end is heard.
  const patience = 15000;
  // An event that the server refuses as if it could yet take it is sent so often. Then a person is told:
  // what waits behind it must not wait for ever.
  const refusalsMax = 5;
  const keepFor = 2 * 24 * 3600 * 1000;
  const itemsMax = 500;

  // An order that was put down is in nobody's hand, and a colleague's is not in ours: what is scanned next
  // finds an order of its own.
  const isInHand = (said) => said.state === "open" && said.code !== "left" && said.code !== "others_order";

  const randomID = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(i ? ends[i - 1] : 0, end)).join("-");
  };

  const memory = new Map();
  const store = {
    get(area, key) {
      try { return JSON.parse(window[area].getItem(key)); } catch { return memory.get(key) ?? null; }
    },
    set(area, key, value) {
      memory.set(key, value);
      try { window[area].setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ }
    },
    remove(area, key) {
      memory.delete(key);
      try { window[area].removeItem(key); } catch { /* forbidden */ }
    },
    keys(prefix) {
      const found = new Set([...memory.keys()]);
      try { for (let i = 0; i < localStorage.length; i++) found.add(localStorage.key(i)); } catch { /* forbidden */ }
      return [...found].filter((key) => key.startsWith(prefix));
    },
  };

  return (options) => {
    const { who, home, heard, stateChanged } = options;
    let token = options.token;
    // A tab keeps its number over reloads; a copy of the tab is told by the server and takes a new one.
    let me = store.get("sessionStorage", "bench.client") ?? { client: randomID(), seq: 0 };
    let session = options.session || null;
    let isSending = false;
    let last = "on";
    let wait = 0;
    let timer = 0;
    const key = () => "bench.queue." + me.client;
    const remember = () => store.set("sessionStorage", "bench.client", me);
    remember();

    const read = (name) => store.get("localStorage", name) ?? [];
    const write = (name, items) =>
      items.length ? store.set("localStorage", name, items) : store.remove("localStorage", name);

    // What other tabs or an earlier life of this one left behind goes first: it was scanned first.
    const queues = () => {
      const all = store.keys("bench.queue.").filter((name) => name !== key());
      return [...all, key()];
    };
    const first = () => {
      for (const name of queues()) {
        const items = read(name).filter((item) => Date.now() - item.at < keepFor);
        const mine = items.find((item) => item.who === who);
        if (mine) return [name, mine];
      }
      return null;
    };
    const waiting = () => queues().reduce((sum, name) => sum + read(name).filter((i) => i.who === who).length, 0);
    const drop = (name, item) =>
      write(name, read(name).filter((one) => one.client !== item.client || one.seq !== item.seq));
    const keep = (name, item) =>
      write(name, read(name).map((one) => one.client === item.client && one.seq === item.seq ? item : one));

    const add = (kind, fields = {}) => {
      const items = read(key());
      if (items.length >= itemsMax) return false;
      me.seq += 1;
      remember();
      items.push({ client: me.client, seq: me.seq, kind, who, at: Date.now(), ...fields });
      write(key(), items);
      send();
      return true;
    };

    const post = async (path, fields) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(fields)) {
        if (value !== null && value !== undefined) body.set(name, value);
      }
      const stop = new AbortController();
      const alarm = setTimeout(() => stop.abort(), patience);
      try {
        return await fetch(path, {
          method: "POST", body, credentials: "same-origin", signal: stop.signal,
          headers: { "X-Form-Token": token },
        });
      } finally { clearTimeout(alarm); }
    };

    const later = () => {
      wait = Math.min(wait ? wait * 2 : 500, 5000);
      clearTimeout(timer);
      timer = setTimeout(send, wait);
    };

    // Another tab has this number: what was not heard yet goes under a new one, in its order.
    const renumber = (name, item) => {
      const items = read(name);
      const fresh = randomID();
      write(name, []);
      const again = items.filter((one) => one.client === item.client && one.seq >= item.seq);
      again.forEach((one, i) => { one.client = fresh; one.seq = i + 1; });
      me = { client: fresh, seq: again.length };
      remember();
      write(key(), again);
    };

    // The token is of one signing in. After another one, in whatever tab, the server's own page has a new
    // one; not where somebody else signed in, whose name these events must not get.
    const renew = async () => {
      const answer = await fetch(home, {
        credentials: "same-origin", headers: { "X-Live": "1" }, signal: AbortSignal.timeout(patience),
      });
      if (answer.status >= 500) return "off";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector('meta[name="form-token"]')?.content;
      if (!fresh || page.getElementById("bench")?.dataset.who !== who) return "signed-out";
      if (fresh === token) return "denied";
      token = fresh;
      return "on";
    };

    const settle = async (name, item) => {
      // Which order it belongs to is known only when all before it were answered.
      if (item.session === undefined) {
        item.session = session;
        keep(name, item);
      }
      const { refusals = 0, ...event } = item;
      const answer = await post("/bench/events", event);
      if (answer.status === 401) return "signed-out";
      const standing = answer.status === 403 ? await renew() : "denied";
      if (standing !== "denied") return standing;
      const isRefusal = answer.status === 409 || answer.status === 500;
      if (isRefusal && refusals + 1 < refusalsMax) {
        item.refusals = refusals + 1;
        keep(name, item);
        if (answer.status === 409) renumber(name, item);
        return answer.status === 409 && refusals === 0 ? "on" : "off";
      }
      if (!isRefusal && (answer.status > 500 || answer.status === 429)) return "off";
      drop(name, item);
      const said = await answer.json().catch(() => null);
      if (!answer.ok || !said) {
        await heard({
          code: "refused", tone: "bad", word: "NOT TAKEN", session: null,
          message: said?.error?.message ?? "The server did not take it.",
        }, item);
        return "on";
      }
      if (said.session) session = isInHand(said) ? said.session : null;
      await heard(said, item);
      return "on";
    };

    const send = async () => {
      if (isSending) return;
      isSending = true;
      clearTimeout(timer);
      let state = "on";
      try {
        // Nothing waits that would tell whether somebody signed in again.
        if (last === "signed-out" && !first()) state = await renew();
        if (state === "denied") state = "on";
        for (let next = first(); next && state === "on"; next = first()) {
          stateChanged("sending", waiting());
          state = await settle(...next);
        }
      } catch { state = "off"; } finally { isSending = false; }
      last = state;
      stateChanged(state, waiting());
      if (state === "on") wait = 0;
      else if (state === "off") later();
    };

    addEventListener("online", send);
    addEventListener("offline", () => stateChanged("off", waiting()));
    // A frozen page comes back, or one beside which somebody signed in again.
    addEventListener("pageshow", send);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
    // What a page that was drawn anew has in hand; what still waits may change that.
    const hold = (held) => { if (waiting() === 0) session = held; };
    return { add, send, post, waiting, hold };
  };
})();
