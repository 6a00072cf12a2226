/* Points of one aspect, as the judge will see them before the server has answered.
   Points are integers in thirds of a thousandth, because a judgement is worth thirds and only the
   sum is rounded; measured values are integers in millionths: no floating point decides anything. */
(function () {
  'use strict';
  const MILLI = 3;
  const MICRO = 6;
  const THIRDS = 3;
  const UNITS = 1000 * THIRDS; // in one point
  const CENT = UNITS / 100;

  // What a Chinese keyboard types for a number: full-width digits, 。 for the point, − for minus.
  const plain = function (text) {
    return text.normalize('NFKC').replace(/。/g, '.').replace(/[−–—]/g, '-').trim();
  };

  // A decimal text as an integer in units of 10^-places, or null when it is not such a number.
  const fixed = function (text, places) {
    const parts = /^([+-]?)(\d{1,9})(?:\.(\d*))?$/.exec(plain(text));
    const tail = parts && (parts[3] || '');
    if (!parts || tail.replace(/0+$/, '').length > places) return null;
    const size = Number(parts[2] + tail.slice(0, places).padEnd(places, '0'));
    return parts[1] === '-' ? -size : size;
  };

  const within = function (value, lo, hi) {
    return (lo === '' || value >= fixed(lo, MICRO)) && (hi === '' || value <= fixed(hi, MICRO));
  };

  const count = function (text) {
    return /^\d{1,3}$/.test(plain(text)) ? Number(plain(text)) : null;
  };

  // aspect: the data-* of a row; raw: what was entered. Points, or null when nothing usable is there.
  const points = function (aspect, raw) {
    const max = fixed(aspect.max, MILLI) * THIRDS;
    if (raw === '') return null;
    if (aspect.kind === 'J') return (max / THIRDS) * Number(raw);
    if (aspect.kind === 'B') return raw === '1' ? max : 0;
    if (aspect.kind === 'M') {
      const value = fixed(raw, MICRO);
      return value === null ? null : within(value, aspect.lo, aspect.hi) ? max : 0;
    }
    const times = count(raw);
    return times === null ? null : Math.max(0, max - fixed(aspect.step, MILLI) * THIRDS * times);
  };

  // The server's own number: whole, or a fraction such as 5/3.
  const given = function (text) {
    const parts = /^(\d+)(?:\/(\d+))?$/.exec(String(text));
    return parts ? Math.round((Number(parts[1]) * UNITS) / Number(parts[2] || 1)) : null;
  };

  // Two raw values mean the same: "2" and "2.000" do.
  const same = function (a, b) {
    const left = String(a === null ? '' : a);
    const right = String(b === null ? '' : b);
    const number = fixed(left, MICRO);
    return left === right || (number !== null && number === fixed(right, MICRO));
  };

  const shown = function (points) { // half up to hundredths, once
    const cents = Math.floor((points + CENT / 2) / CENT);
    return Math.floor(cents / 100) + '.' + String(cents % 100).padStart(2, '0');
  };

  window.marking = { plain: plain, points: points, given: given, same: same, shown: shown };
})();
