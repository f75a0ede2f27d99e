// The inbox by keyboard, who else is here, and a draft that survives a reload.
// j and k move, Enter opens, r answers, e archives, u marks as unread, / searches.
(() => {
  "use strict";
  const page = document.getElementById("thread-page");
  const token = document.querySelector('meta[name="form-token"]')?.content ?? "";
  const links = () => [...document.querySelectorAll(".thread > a")];

  const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");
  const go = (number) => { if (number) location.href = "/inbox/" + number; };
  const press = (status) =>
    document.querySelector(`form[data-status="${status}"] button`)?.click();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      if (page) { go(step > 0 ? page.dataset.following : page.dataset.previous); return; }
      const all = links();
      const at = all.indexOf(document.activeElement);
      all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
      event.preventDefault();
      return;
    }
    switch (event.key) {
      case "/": document.getElementById("q")?.focus(); break;
      case "r": document.getElementById("body")?.focus(); break;
      case "e": press("archived"); break;
      case "u": if (page) { press("unread"); } break;
      case "i": location.href = "/inbox"; break;
      default: return;
    }
    event.preventDefault();
  });

  if (!page) return;
  const thread = page.dataset.thread;
  const form = document.getElementById("reply");
  const body = document.getElementById("body");
  const hint = document.getElementById("reply-hint");
  const presence = document.getElementById("presence");
  // Whoever signs in next in this tab is not shown what another wrote.
  const draft = `quayside-draft-${page.dataset.who}-${thread}`;
  const sending = draft + "-sending";
  let wroteAt = 0;
  let isSending = false;

  const tell = (text, isBad) => {
    if (!hint) return;
    hint.textContent = text;
    hint.classList.toggle("why", Boolean(isBad));
  };

  // What was sent stays until a page shows the message of its form. A page without it says that it was
  // not taken, and it is a draft again; only a page of earlier messages says nothing.
  const settle = () => {
    const sent = JSON.parse(sessionStorage.getItem(sending) ?? "null");
    if (!sent) return;
    if (document.querySelector(`#messages [data-key="${CSS.escape(sent.key)}"]`)) {
      if (body.value === sent.text) body.value = "";
    } else if (new URLSearchParams(location.search).has("before")) {
      return;
    } else {
      const since = sessionStorage.getItem(draft) ?? "";
      const both = since.includes(sent.text) ? [since] : [sent.text, since];
      sessionStorage.setItem(draft, body.value || both.filter(Boolean).join("\n\n"));
      if (!document.getElementById("not-sent")) {
        tell("Your answer was not sent. Here it is: read it, then send it again.", true);
      }
    }
    sessionStorage.removeItem(sending);
  };

  // A draft stays until its answer is taken; a page that came back with one keeps that.
  if (body) {
    try {
      settle();
      if (!body.value) body.value = sessionStorage.getItem(draft) ?? "";
    } catch { /* A browser may forbid it: then nothing is kept. */ }
    body.addEventListener("input", () => {
      wroteAt = Date.now();
      try { sessionStorage.setItem(draft, body.value); } catch { /* as above */ }
    });
    body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }

  form?.addEventListener("submit", (event) => {
    const files = form.querySelector('input[type="file"]');
    const chosen = [...(files?.files ?? [])];
    const max = Number(files?.dataset.bytesMax ?? 0);
    const sumMax = Number(files?.dataset.sumBytesMax ?? 0);
    const large = chosen.find((file) => file.size > max);
    if (large) {
      event.preventDefault();
      tell(`“${large.name}” is larger than ${max >> 20} MB and cannot be sent.`, true);
      return;
    }
    if (chosen.reduce((sum, file) => sum + file.size, 0) > sumMax) {
      event.preventDefault();
      tell(`These files are larger than ${sumMax >> 20} MB together. Send them in several answers.`,
        true);
      return;
    }
    if (isSending) { event.preventDefault(); return; }
    isSending = true;
    try {
      const sent = { key: form.elements.key.value, text: body.value };
      sessionStorage.setItem(sending, JSON.stringify(sent));
      sessionStorage.removeItem(draft);
    } catch { /* as above */ }
  });
  addEventListener("pageshow", () => { isSending = false; });

  // Nothing is put away that is not on the screen, also where a part of the page was drawn anew.
  document.addEventListener("submit", (event) => {
    const shown = document.getElementById("messages")?.dataset.newest;
    if (event.target.dataset.status && shown) event.target.elements.last.value = shown;
  });

  const template = document.getElementById("template");
  const language = document.getElementById("language");
  // What a template put into an empty field, as long as nobody changed it.
  let filled = "";
  let hasCursor = false;
  body?.addEventListener("focus", () => { hasCursor = true; });

  // What somebody wrote is never replaced: a template comes in at the cursor, as paragraphs of its own.
  const insert = (text) => {
    const at = hasCursor ? body.selectionEnd : body.value.length;
    const [before, after] = [body.value.slice(0, at), body.value.slice(at)];
    const head = before && !before.endsWith("\n") ? "\n\n" : "";
    const tail = after && !after.startsWith("\n") ? "\n\n" : "";
    body.setRangeText(head + text + tail, at, at, "end");
  };

  const fill = async () => {
    if (!template.value) return;
    const query = new URLSearchParams({ name: template.value, language: language.value });
    const answer = await fetch(`/inbox/${thread}/template.json?${query}`,
      { credentials: "same-origin" });
    const said = answer.ok ? await answer.json() : { problem: "The template could not be read." };
    if (said.problem) { tell(said.problem, true); return; }
    const isUntouched = !body.value.trim() || body.value === filled;
    if (isUntouched) {
      body.value = said.text;
      filled = said.text;
    } else {
      insert(said.text);
      filled = "";
    }
    form.elements.template_name.value = template.value;
    body.dispatchEvent(new Event("input"));
    body.focus();
    tell(isUntouched ? "Filled in. Read it before you send it."
      : "Put in beside what you wrote. Read it before you send it.", false);
  };
  template?.addEventListener("change", fill);
  language?.addEventListener("change", () => {
    if (template.value && body.value.trim() && body.value !== filled) {
      tell("What you wrote stays. The next template comes in this language.", false);
    } else fill();
  });

  // Who else has this conversation open, and whether something newer arrived than this page shows.
  const beat = async (opened) => {
    if (document.hidden) return;
    const fields = new URLSearchParams({
      writing: Date.now() - wroteAt < 15000 && body?.value ? "1" : "0", opened: opened ? "1" : "0",
    });
    try {
      const answer = await fetch(`/inbox/${thread}/presence`, {
        method: "POST", body: fields, credentials: "same-origin",
        headers: { "X-Form-Token": token },
      });
      if (!answer.ok || !presence) return;
      const said = await answer.json();
      const names = said.others.map((o) => o.name + (o.writing ? " is writing" : " is here"));
      const isNewer = form && said.newest > Number(form.elements.last.value);
      if (isNewer) names.push("something newer arrived above");
      presence.textContent = names.join(", ");
      presence.classList.toggle("is-busy", names.length > 0);
    } catch { /* The next beat tries again. */ }
  };
  beat(page.dataset.unread === "1");
  setInterval(beat, 4000);
  addEventListener("pagehide", () => {
    const fields = new URLSearchParams({ leave: "1", _form: token });
    navigator.sendBeacon(`/inbox/${thread}/presence`, fields);
  });
})();
