// A scanner types, very fast, wherever the focus is. This tells its bursts from a person's typing,
// reads each key by its place as well (a scanner that types in US layout means the place, whatever the
// machine's layout is), and hands over whole codes: ended by Enter or Tab, or by silence.
window.BenchScanner = (() => {
  "use strict";
  const gapMax = 60; // between two keys of a scanner
  const silence = 220; // after which a burst without an end is whole
  const lengthMin = 3;
  const afterScan = 300; // the second half of CR LF, or a doubled suffix
  const shifted = { Digit1: "!", Digit2: "@", Digit3: "#", Digit4: "$", Digit5: "%", Digit6: "^",
    Digit7: "&", Digit8: "*", Digit9: "(", Digit0: ")", Minus: "_", Equal: "+", BracketLeft: "{",
    BracketRight: "}", Backslash: "|", Semicolon: ":", Quote: "\"", Comma: "<", Period: ">",
    Slash: "?", Backquote: "~" };
  const plain = { Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Backslash: "\\",
    Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Slash: "/", Backquote: "`", Space: " " };

  const place = (event) => {
    const { code, shiftKey } = event;
    const capital = shiftKey !== event.getModifierState("CapsLock");
    if (/^Key[A-Z]$/.test(code)) return capital ? code[3] : code[3].toLowerCase();
    if (/^Numpad[0-9]$/.test(code)) return code[6];
    if (shiftKey && shifted[code]) return shifted[code];
    if (/^Digit[0-9]$/.test(code)) return code[5];
    return plain[code] ?? "";
  };
  const isEditable = (element) =>
    element instanceof HTMLElement && element.matches("input:not([type=button], [type=submit]), textarea, select");

  return ({ field, scanned, read }) => {
    let burst = null;
    let timer = 0;
    let endedAt = -1e9;

    const finish = (event) => {
      clearTimeout(timer);
      const done = burst;
      burst = null;
      endedAt = performance.now();
      if (event) { event.preventDefault(); event.stopPropagation(); }
      // What a scanner typed into another field does not stay there.
      if (done.field && done.field !== field) done.field.value = done.before;
      const typed = done.field === field || !done.field ? field.value : "";
      const text = done.keys.length >= typed.length ? done.keys : typed;
      field.value = "";
      scanned(text, done.places.length === text.length && done.places !== text ? done.places : null);
    };
    const isScan = (now) =>
      burst && burst.keys.length >= lengthMin && burst.isFast && now - burst.last < silence;

    addEventListener("keydown", (event) => {
      const now = performance.now();
      const target = event.target;
      const isEnd = event.key === "Enter" || event.key === "Tab";
      if (isEnd) {
        if (isScan(now)) return finish(event);
        if (now - endedAt < afterScan) { event.preventDefault(); event.stopPropagation(); return; }
        if (event.key === "Enter" && field.value.trim() && (target === field || !isEditable(target))) {
          burst = { keys: field.value, places: "", field: null, isFast: true, last: now };
          return finish(event);
        }
        if (event.key === "Enter" && read()) { event.preventDefault(); event.stopPropagation(); }
        return;
      }
      if (event.key === "Escape" && read()) { event.preventDefault(); return; }
      const isSeparator = event.ctrlKey && event.code === "BracketRight";
      const isPrintable = event.key.length === 1 && !event.metaKey &&
        (!event.ctrlKey && !event.altKey || event.getModifierState("AltGraph"));
      if (!isPrintable && !isSeparator || event.isComposing) return;
      // A space on a button is a press, not a code.
      if (event.key === " " && !burst && target instanceof HTMLButtonElement) return;
      if (event.repeat) return;
      if (!burst || now - burst.last > gapMax * 4) {
        const isInField = isEditable(target);
        burst = { keys: "", places: "", isFast: true, field: isInField ? target : null,
          before: isInField && "value" in target ? target.value : "", last: now };
      }
      if (burst.keys && now - burst.last > gapMax) burst.isFast = false;
      burst.last = now;
      burst.keys += isSeparator ? "\u001d" : event.key;
      burst.places += isSeparator ? "\u001d" : place(event);
      if (!isEditable(target)) {
        event.preventDefault();
        field.value += event.key;
        // Slow keys are a person's, who goes on in the field.
        if (!burst.isFast) field.focus();
      }
      clearTimeout(timer);
      timer = setTimeout(() => {
        // Scanners without a suffix: long, fast and then silent.
        if (burst && burst.isFast && burst.keys.length >= 6) finish(null);
      }, silence);
    }, { capture: true });

    // On-screen keyboards, and scanners that write without keys, end with a change of the field.
    field.addEventListener("paste", () => setTimeout(() => {
      const text = field.value.trim();
      if (/[\r\n\t]$/.test(field.value) || text.length > 5) { field.value = ""; scanned(text, null); }
    }));
    return { sinceScan: () => performance.now() - endedAt };
  };
})();
