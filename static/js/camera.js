/* The camera as a scanner, where the browser reads codes by itself; elsewhere its button stays hidden.
   Once switched on it starts again for the next ticket, and rests while a card waits to be confirmed. */
(function () {
  'use strict';
  const button = document.querySelector('[data-camera]');
  const view = document.querySelector('[data-camera-view]');
  if (!button || !('BarcodeDetector' in window) || !navigator.mediaDevices) return;
  const input = document.getElementById('code');
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  const EVERY = 200; // milliseconds between two looks
  let stream = null;

  const stop = function () {
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null;
    view.hidden = true;
    button.removeAttribute('aria-pressed');
  };
  const look = async function () {
    if (!stream) return;
    const found = await detector.detect(view).catch(function () { return []; });
    if (!stream) return;
    if (!found.length) {
      window.setTimeout(look, EVERY);
      return;
    }
    input.value = found[0].rawValue;
    stop();
    input.form.requestSubmit();
  };
  const start = async function () {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch (refused) {
      sessionStorage.removeItem('camera');
      return;
    }
    sessionStorage.setItem('camera', 'on');
    view.srcObject = stream;
    view.hidden = false;
    button.setAttribute('aria-pressed', 'true');
    await view.play();
    look();
  };

  button.hidden = false;
  button.addEventListener('click', function () {
    if (stream) {
      sessionStorage.removeItem('camera');
      stop();
    } else {
      start();
    }
  });
  window.addEventListener('pagehide', stop);
  if (sessionStorage.getItem('camera') && !document.querySelector('[name=pending]')) start();
})();
