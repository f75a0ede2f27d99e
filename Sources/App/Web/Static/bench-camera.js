// The camera as a scanner, where the browser can read barcodes. One code in view at a time; the same
// one counts again only after it has left the picture.
"use strict";
window.BenchCamera = ({ button, view, video, words, scanned }) => {
  if (!button || !window.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return;
  const every = 180;
  const goneAfter = 1200;
  let stream = null;
  let timer = 0;
  let last = { text: "", at: 0 };
  const detector = new BarcodeDetector();
  button.hidden = false;

  const stop = () => {
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = true;
    button.textContent = "Camera";
  };

  const look = async () => {
    if (!stream) return;
    try {
      const codes = await detector.detect(video);
      const now = Date.now();
      if (codes.length > 1) words.textContent = "One code at a time: cover the others.";
      if (codes.length === 1) {
        const text = codes[0].rawValue;
        if (text === last.text && now - last.at < goneAfter) last.at = now;
        else {
          last = { text, at: now };
          words.textContent = text;
          scanned(text, null);
        }
      }
    } catch { words.textContent = "The picture cannot be read."; }
    timer = setTimeout(look, every);
  };

  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      view.hidden = false;
      button.textContent = "Stop the camera";
      await video.play();
      look();
    } catch { words.textContent = "The camera may not be used."; view.hidden = false; }
  });
  addEventListener("pagehide", stop);
};
