// Sounds of the bench: a short high one for what counted, a rising one for a whole parcel, and a low
// rough one for what is wrong, which nobody can turn off. No files: WebAudio makes them.
window.BenchSounds = (() => {
  "use strict";
  const tones = {
    good: [[0, 0.07, 1320, "sine", 0.3]],
    great: [[0, 0.09, 880, "sine", 0.3], [0.1, 0.09, 1175, "sine", 0.3], [0.2, 0.18, 1568, "sine", 0.3]],
    attention: [[0, 0.12, 520, "triangle", 0.4], [0.18, 0.12, 520, "triangle", 0.4]],
    bad: [[0, 0.22, 196, "sawtooth", 0.5], [0.27, 0.22, 165, "sawtooth", 0.5], [0.54, 0.4, 131, "sawtooth", 0.5]],
  };
  let context = null;
  let isOn = true;
  try { isOn = localStorage.getItem("bench.sound") !== "off"; } catch { /* no storage */ }

  // A browser lets a page sound once somebody has touched it; a scanner's first key is such a touch.
  const wake = () => {
    if (!window.AudioContext) return;
    context ||= new AudioContext();
    if (context.state === "suspended") context.resume();
  };
  addEventListener("keydown", wake, { capture: true });
  addEventListener("pointerdown", wake, { capture: true });

  const play = (tone) => {
    document.documentElement.dataset.benchSound = tone;
    // A page that nobody has touched yet may not shake the device.
    if (tone === "bad" && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 80, 200]);
    if (!context || !tones[tone] || (!isOn && tone !== "bad")) return;
    const now = context.currentTime;
    for (const [at, length, pitch, shape, loudness] of tones[tone]) {
      const source = context.createOscillator();
      const volume = context.createGain();
      source.type = shape;
      source.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, now + at);
      volume.gain.exponentialRampToValueAtTime(loudness, now + at + 0.01);
      volume.gain.exponentialRampToValueAtTime(0.0001, now + at + length);
      source.connect(volume).connect(context.destination);
      source.start(now + at);
      source.stop(now + at + length + 0.02);
    }
  };

  const button = document.getElementById("bench-sound");
  const show = () => {
    if (!button) return;
    button.textContent = isOn ? "Sounds on" : "Sounds off";
    button.setAttribute("aria-pressed", String(isOn));
  };
  button?.addEventListener("click", () => {
    isOn = !isOn;
    try { localStorage.setItem("bench.sound", isOn ? "on" : "off"); } catch { /* no storage */ }
    show();
    play("good");
  });
  show();
  return { play };
})();
