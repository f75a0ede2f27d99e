// The bench itself: scans become events, answers become colours, words and sounds, and what the page
// shows is drawn anew by the server after each of them.
(() => {
  "use strict";
  const root = document.getElementById("bench");
  const field = document.getElementById("code");
  if (!root || !field) return;
  const at = (id) => document.getElementById(id);
  const token = document.querySelector('meta[name="form-token"]')?.content ?? "";
  const regions = ["bench-pull", "bench-standing", "bench-parts", "bench-label-place", "bench-acts", "bench-scans"];
  const pollEvery = 20000;
  let version = Number(at("bench-work").dataset.version ?? 0);
  let shownAt = at("bench-alarm").hidden ? 0 : performance.now();
  let isStanding = at("bench-alarm").dataset.standing === "yes";

  // MARK: words and colours
  const say = (said) => {
    const place = at("bench-said");
    place.className = "said " + said.tone;
    place.replaceChildren();
    const word = document.createElement("strong");
    word.textContent = said.word;
    place.append(word, " " + said.message);
    root.dataset.tone = said.tone;
    BenchSounds.play(said.tone);
  };

  const showAlarm = (said, standing) => {
    const alarm = at("bench-alarm");
    const asks = said.code === "confirm_unverified";
    alarm.className = "alarm " + (asks ? "attention" : "bad");
    at("bench-alarm-word").textContent = said.word;
    at("bench-alarm-words").textContent = said.message;
    at("bench-anyway").hidden = !asks;
    at("bench-read").textContent = asks ? "Go back" : "I have read it";
    isStanding = standing;
    shownAt = performance.now();
    alarm.hidden = false;
    at("bench-read").focus({ preventScroll: true });
  };
  const hideAlarm = () => {
    at("bench-alarm").hidden = true;
    isStanding = false;
    field.focus({ preventScroll: true });
  };
  const isRed = () => !at("bench-alarm").hidden;
  const readAlarm = () => {
    if (!isRed()) return false;
    if (isStanding) queue.add("acknowledge");
    hideAlarm();
    return true;
  };

  // MARK: drawing
  const draw = async (path) => {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (answer.redirected && new URL(answer.url).pathname !== path) { signedOut(); return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A slow answer is not drawn over the page that came after it.
    if (path !== location.pathname) return;
    const work = page.getElementById("bench-work");
    const fresh = page.getElementById("bench");
    if (!work || !fresh) return;
    if (fresh.dataset.who !== root.dataset.who) { signedOut(); return; }
    if (root.dataset.network === "signed-out") queue.send();
    const isSame = fresh.dataset.session === root.dataset.session;
    if (isSame && Number(work.dataset.version) < version) return;
    if (!isSame || !at("bench-standing")) {
      // Another order, or the first: the whole page changes, the scripts stay.
      const old = root.querySelector(".bench-top");
      old.replaceWith(document.adoptNode(fresh.querySelector(".bench-top")));
      at("bench-work").replaceWith(document.adoptNode(work));
      root.dataset.session = fresh.dataset.session;
      document.title = page.title;
    } else {
      for (const id of regions) {
        const [now, next] = [at(id), page.getElementById(id)];
        if (next && now.innerHTML !== next.innerHTML && !isTyping(now)) now.replaceWith(document.adoptNode(next));
      }
      Object.assign(at("bench-work").dataset, { ...work.dataset });
    }
    version = Number(at("bench-work").dataset.version ?? 0);
    queue.hold(inHand());
    prompt(page);
    const alarm = page.getElementById("bench-alarm");
    if (!alarm.hidden && !isRed() && alarm.dataset.standing === "yes" && queue.waiting() === 0) {
      showAlarm({ code: "alarm", word: page.getElementById("bench-alarm-word").textContent,
        message: page.getElementById("bench-alarm-words").textContent }, true);
    } else if (alarm.hidden && isRed() && isStanding && queue.waiting() === 0) hideAlarm();
  };
  const isTyping = (region) =>
    region.contains(document.activeElement) && document.activeElement.matches("input, select") ||
    region.querySelector("details[open]") !== null;
  const prompt = (page) => {
    const words = page.getElementById("bench-prompt")?.textContent;
    if (words) at("bench-prompt").textContent = words;
  };
  const inHand = () => at("bench-work").dataset.mine === "yes" ? root.dataset.session : null;
  // Without a session: the list of what waits.
  const show = async (session) => {
    const path = session ? root.dataset.home + "/" + session : root.dataset.home;
    if (location.pathname !== path) history.pushState(null, "", path);
    try { await draw(path); } catch { /* drawn at the next event */ }
  };
  addEventListener("popstate", () => location.reload());

  // MARK: events
  const heard = async (said, item) => {
    say(said);
    // What a session keeps has to be acknowledged there; anything else is for this page alone.
    const isKept = Boolean(said.session) && said.state === "open";
    if (said.tone === "bad" || said.code === "confirm_unverified") showAlarm(said, said.tone === "bad" && isKept);
    else if (isRed() && said.code !== "repeated") hideAlarm();
    const isAway = said.code === "left" || said.code === "short_picked";
    if (said.session) await show(isAway ? null : said.session);
    if (said.code === "complete") queue.add("print");
    if (said.prints) await paper(item, said);
    if (!isRed() && !document.activeElement?.matches("#bench-acts *")) field.focus({ preventScroll: true });
  };

  const paper = async (item, said) => {
    try {
      const answer = await queue.post("/bench/paper", { client: item.client, seq: item.seq, session: said.session });
      const told = await answer.json();
      const words = told.words || told.error?.message;
      if (words) say({ code: "paper", tone: answer.ok && told.paper === "sent" ? "great" : "attention",
        word: answer.ok && told.paper === "sent" ? "PRINTED" : "PRINTER", message: words });
    } catch {
      say({ code: "paper", tone: "attention", word: "PRINTER", message: "No answer; press “Print again”." });
    }
  };

  const stateChanged = (state, waiting) => {
    const place = at("bench-network");
    if (!place) return;
    place.className = "network " + state;
    const scans = waiting === 1 ? "1 scan waits" : waiting + " scans wait";
    at("bench-network-words").textContent = {
      on: "Connected", sending: waiting > 1 ? "Sending, " + scans : "Sending",
      off: "No network: " + scans + " here and will be sent",
      "signed-out": waiting ? "Signed out: " + scans + " here" : "Signed out",
    }[state];
    const link = at("bench-sign-in");
    link.hidden = state !== "signed-out";
    link.href = link.pathname + "?then=" + encodeURIComponent(location.pathname);
    if (state === "signed-out" && root.dataset.network !== state) BenchSounds.play("bad");
    root.dataset.network = state;
  };

  // The page stays: what a scanner types into the form for signing in is lost.
  const signedOut = () => stateChanged("signed-out", queue.waiting());
  document.addEventListener("signedout", (event) => { event.preventDefault(); signedOut(); });

  const queue = BenchQueue({
    who: root.dataset.who, home: root.dataset.home, token, session: inHand(), heard, stateChanged,
  });

  const act = (kind, fields) => {
    if (isRed() && kind !== "print_anyway") { BenchSounds.play("bad"); return; }
    if (!queue.add(kind, fields)) {
      say({ code: "full", tone: "bad", word: "TOO MANY", message: "Wait for the network." });
    }
  };
  const scanned = (text, keys) => {
    // The red screen is for the server to lift: it keeps this scan, and does not count it.
    queue.add("scan", { text: text.slice(0, 400), keys: keys ? keys.slice(0, 400) : undefined });
  };

  const scanner = BenchScanner({
    field, scanned,
    // Enter or Escape reads the red screen, but never the tail of a scan.
    read: () => isRed() && document.activeElement?.id !== "bench-anyway" &&
      scanner.sinceScan() > 300 && performance.now() - shownAt > 400 && readAlarm(),
  });
  BenchCamera({ button: at("bench-camera"), view: at("bench-view"), video: at("bench-video"),
    words: at("bench-view-words"), scanned });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "bench-read") readAlarm();
    else if (button.id === "bench-anyway") { hideAlarm(); act("print_anyway"); }
    else if (button.dataset.scan) scanned(button.dataset.scan, null);
    else if (button.dataset.event) act(button.dataset.event, { session: button.dataset.session });
    else if (button.id === "short-send") {
      act("short_pick", { reason: at("short-reason").value, item: at("short-item").value || undefined,
        note: at("short-note").value });
    }
  });
  addEventListener("keydown", (event) => {
    const kind = { F2: "swap", F4: "print", F8: "undo" }[event.key];
    const button = kind && at("bench-work").querySelector(`button[data-event="${kind}"]`);
    if (button) { event.preventDefault(); button.click(); }
    if (event.key === "Tab" && isRed()) {
      // The red screen keeps the focus.
      const buttons = [...at("bench-alarm").querySelectorAll("button:not([hidden])")];
      const next = buttons[(buttons.indexOf(document.activeElement) + 1) % buttons.length];
      event.preventDefault();
      next.focus();
    }
  });

  // The list refreshes itself where it was the page that was loaded.
  const isLive = !root.dataset.session;
  setInterval(() => {
    if (document.hidden || queue.waiting() > 0 || isLive && !root.dataset.session) return;
    draw(location.pathname).catch(() => {});
  }, pollEvery);
  if (isRed()) { BenchSounds.play("bad"); at("bench-read").focus(); }
  queue.send();
})();
