/* The ground of the plan's board: rooms side by side, time down the side. What a point on the screen
   and a key mean there, where a card is drawn in, and what the server is asked and told. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const FINE = 5;
  const COARSE = 15;
  const NEAR = 12; // minutes within which the beginning of a shift draws a card in
  const words = document.querySelector('#plan').dataset;
  const TRAY = { room: null, at: null };
  const held = function () { return plan.hold.card; };
  const to = function () { return plan.hold.to; };

  const starts = function () { // of the shifts of the day shown
    return plan.facts.slots.map(function (slot) { return slot.at; }).filter(function (at) { return plan.dayOf(at) === board.view.day; }).sort(function (a, b) { return a - b; });
  };
  const inDay = function (at) {
    const day = board.view.day * 1440;
    return Math.max(day, Math.min(day + 1440 - Math.min(held().minutes, 1440), at));
  };
  const snap = function (at) {
    const near = starts().find(function (start) { return Math.abs(start - at) <= NEAR; });
    return inDay(near === undefined ? Math.round(at / FINE) * FINE : near);
  };
  const step = function (way, isFine) { // the next place in time: a shift, or a quarter of an hour
    const at = to().at;
    const shifts = starts();
    if (isFine) return inDay(at + way * FINE);
    const next = way > 0 ? shifts.find(function (start) { return start > at; }) : shifts.reverse().find(function (start) { return start < at; });
    if (shifts.length && next !== undefined) return inDay(next);
    return inDay(way > 0 ? Math.floor(at / COARSE) * COARSE + COARSE : Math.ceil(at / COARSE) * COARSE - COARSE);
  };
  const first = function () { // out of the tray: the first room and shift in sight
    const shift = plan.facts.slots.find(function (slot) { return plan.dayOf(slot.at) === board.view.day; });
    return { room: board.columns()[0].id, at: shift ? shift.at : board.view.day * 1440 + board.from };
  };
  const aside = function (way) {
    const columns = board.columns();
    const n = columns.findIndex(function (column) { return column.id === to().room; });
    return { room: columns[Math.max(0, Math.min(columns.length - 1, n + way))].id, at: to().at };
  };
  const day = function (way) {
    const before = board.view.day;
    board.goTo(before + way);
    const b = board.block(held().id);
    if (b) b.classList.add('plan-held');
    return { room: to().room, at: to().at + (board.view.day - before) * 1440 };
  };

  const ground = {};
  ground.under = function (x, y, grip) { // where a card lies whose grip is over this point
    const found = board.at(x, y);
    if (!found || plan.isTray(found)) return found;
    return { room: found.room, at: snap(found.at - grip) };
  };
  ground.grip = function (card, b, y) { // minutes from the card's top
    return b.closest('.plan-lane') ? (y - b.getBoundingClientRect().top) / board.view.scale : Math.min(card.minutes / 2, 15);
  };
  ground.overDay = function (n) { if (n !== board.view.day) board.goTo(n); };
  ground.carry = function (key, isFine) { // where a key carries what is held; nothing: not its key
    const arrows = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 };
    if (key === 'Delete') return TRAY;
    if (key !== 'PageUp' && key !== 'PageDown' && !arrows[key]) return undefined;
    if (plan.isTray(to())) return arrows[key] ? first() : to();
    if (key === 'ArrowUp' || key === 'ArrowDown') return { room: to().room, at: step(arrows[key], isFine) };
    return arrows[key] ? aside(arrows[key]) : day(key === 'PageUp' ? -1 : 1);
  };
  ground.inTheWay = function (card, where) { // what is seen without asking
    const there = plan.overlaps(card, where);
    return there.length ? [plan.say(words.tOverlaps, { names: there.slice(0, 3).join(words.tSep) })] : [];
  };
  ground.check = function (card, where) { return words.check.replace('/0/', '/' + card.id + '/') + '?room=' + where.room + '&at=' + where.at; };
  ground.send = function (card, from, where) { plan.outbox.put(words.move.replace('/0/', '/' + card.id + '/'), { seen: from, to: where }, card.id); };
  ground.tray = TRAY;
  plan.ground = ground;
})();
