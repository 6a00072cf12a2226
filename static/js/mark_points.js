/* Points of one aspect, as the judge will see them before the server has answered. The rules are
   those of eventsys/schemes/aspects.py. Points are integers in thirds of a millionth, because a
   judgement is worth thirds and only the sum is rounded; measured values are integers in
   thousandths: no floating point decides anything. */
(function () {
  'use strict';
  const MILLI = 3;
  const MICRO = 6;
  const THIRDS = 3;
  const UNITS = 1000000 * THIRDS; // in one point
  const CENT = UNITS / 100;
  const MEASURED = 'MNFT';
  const COUNTED = 'DV';

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

  const worth = function (text) { // a number of points in our units
    return fixed(text || '0', MICRO) * THIRDS;
  };

  const within = function (value, lo, hi) { // both ends included; an empty one is no limit
    return (lo === '' || value >= fixed(lo, MILLI)) && (hi === '' || value <= fixed(hi, MILLI));
  };

  const count = function (text) {
    return /^\d{1,3}$/.test(plain(text)) ? Number(plain(text)) : null;
  };

  const ofBands = function (spec, value) {
    const ordered = spec.edge === 'upper' ? spec.bands.slice().reverse() : spec.bands;
    const band = ordered.find(function (one) { return within(value, one[0], one[1]); });
    return band ? worth(band[2]) : 0;
  };

  const ofFormula = function (spec, value, max) { // a product can be too long for a Number
    const line = BigInt(fixed(spec.base, MICRO)) + BigInt(fixed(spec.factor, MILLI)) * BigInt(value);
    const least = BigInt(fixed(spec.floor || '0', MICRO));
    const most = BigInt(max / THIRDS);
    const kept = line < least ? least : line;
    return Number(kept > most ? most : kept) * THIRDS;
  };

  const ofTolerance = function (spec, value, max) {
    const distance = Math.abs(value - fixed(spec.nominal, MILLI));
    if (distance <= fixed(spec.inner, MILLI)) return max;
    return spec.outer && distance <= fixed(spec.outer, MILLI) ? worth(spec.part) : 0;
  };

  const ofMeasured = function (aspect, value, max) {
    if (aspect.kind === 'M') return within(value, aspect.lo, aspect.hi) ? max : 0;
    const spec = JSON.parse(aspect.spec);
    if (aspect.kind === 'N') return ofBands(spec, value);
    return aspect.kind === 'F' ? ofFormula(spec, value, max) : ofTolerance(spec, value, max);
  };

  const ofCounted = function (aspect, times, max) {
    const lost = worth(aspect.step) * times;
    return aspect.kind === 'D' ? Math.max(0, max - lost) : 0 - Math.min(max, lost);
  };

  // aspect: the data-* of a row; raw: what was entered. Points, or null when nothing usable is there.
  const points = function (aspect, raw) {
    const max = worth(aspect.max);
    if (raw === '') return null;
    if (aspect.kind === 'J') return (max / THIRDS) * Number(raw);
    if (aspect.kind === 'B') return raw === '1' ? max : 0;
    const value = COUNTED.includes(aspect.kind) ? count(raw) : fixed(raw, MILLI);
    if (value === null) return null;
    if (aspect.kind === 'I') return worth(plain(raw));
    return MEASURED.includes(aspect.kind) ? ofMeasured(aspect, value, max) : ofCounted(aspect, value, max);
  };

  // Rows ({module, points}) of one sheet: what violations take off a module stops at nothing.
  const total = function (rows) {
    const modules = {};
    rows.forEach(function (row) { modules[row.module] = (modules[row.module] || 0) + (row.points || 0); });
    return Object.values(modules).reduce(function (sum, own) { return sum + Math.max(0, own); }, 0);
  };

  // The server's own number: whole, or a fraction such as 5/3.
  const given = function (text) {
    const parts = /^(-?\d+)(?:\/(\d+))?$/.exec(String(text));
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
    const cents = Math.floor((Math.abs(points) + CENT / 2) / CENT);
    const sign = points < 0 && cents ? '−' : '';
    return sign + Math.floor(cents / 100) + '.' + String(cents % 100).padStart(2, '0');
  };

  window.marking = { plain: plain, points: points, total: total, given: given, same: same, shown: shown };
})();
