/* Clocks that run on the page: up from data-clock-since, down to data-clock-until. They go by the
   server's moment (data-clock-now), so a tablet whose own clock is wrong shows the right time. */
(function () {
  'use strict';
  const loaded = Date.now();
  const two = function (n) { return String(n).padStart(2, '0'); };
  const span = function (seconds) {
    const hours = Math.floor(seconds / 3600);
    const rest = two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60);
    return hours ? hours + ':' + rest : rest;
  };
  const show = function (clock) {
    const words = clock.dataset;
    const now = Date.parse(words.clockNow) + (Date.now() - loaded);
    if (words.clockSince) {
      clock.textContent = span(Math.max(0, Math.floor((now - Date.parse(words.clockSince)) / 1000)));
      return;
    }
    const left = Math.ceil((Date.parse(words.clockUntil) - now) / 1000);
    clock.textContent = left < 0 ? words.tOver : span(left);
  };
  const clocks = document.querySelectorAll('[data-clock-now]');
  const tick = function () { clocks.forEach(show); };
  if (!clocks.length) return;
  tick();
  window.setInterval(tick, 1000);
})();
