/* One card in the hand, by mouse, finger or keyboard: where it would lie, and what that would mean.
   Overlaps in the room are seen at once; for everything else the server is asked. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const PATIENCE = 140; // milliseconds a card must stay over a place before the server is asked
  const FINE = 5;
  const COARSE = 15;
  const NEAR = 12; // minutes within which the beginning of a shift draws a card in
  const words = document.querySelector('#plan').dataset;
  const hold = { card: null };
  let turn = 0;
  let timer = 0;

  const starts = function () { // of the shifts of the day shown
    return plan.facts.slots.map(function (slot) { return slot.at; }).filter(function (at) { return plan.dayOf(at) === board.view.day; }).sort(function (a, b) { return a - b; });
  };
  const inDay = function (at) {
    const day = board.view.day * 1440;
    return Math.max(day, Math.min(day + 1440 - Math.min(hold.card.minutes, 1440), at));
  };
  hold.snap = function (at) {
    const near = starts().find(function (start) { return Math.abs(start - at) <= NEAR; });
    return inDay(near === undefined ? Math.round(at / FINE) * FINE : near);
  };
  hold.step = function (way, isFine) { // the next place in time: a shift, or a quarter of an hour
    const at = hold.to.at;
    const shifts = starts();
    if (isFine) return inDay(at + way * FINE);
    const next = way > 0 ? shifts.find(function (start) { return start > at; }) : shifts.reverse().find(function (start) { return start < at; });
    if (shifts.length && next !== undefined) return inDay(next);
    return inDay(way > 0 ? Math.floor(at / COARSE) * COARSE + COARSE : Math.ceil(at / COARSE) * COARSE - COARSE);
  };

  const tell = function (where, state, lines) {
    board.land(hold.card, where, state, lines.join(' '));
    const verdicts = { wait: '', ok: words.tFits, note: words.tFits, warn: words.tThink, block: words.tBlocked };
    plan.say_now([plan.label(where, hold.card), verdicts[state]].concat(lines).filter(Boolean).join(words.tStop));
  };
  const check = async function (card, where) {
    const mine = turn;
    const url = words.check.replace('/0/', '/' + card.id + '/') + '?room=' + where.room + '&at=' + where.at;
    let answer;
    try {
      answer = await plan.outbox.ask(url);
    } catch (failure) {
      if (mine === turn) tell(where, 'wait', [words.tUnchecked]);
      return;
    }
    if (mine !== turn || !hold.card) return; // it lies elsewhere by now
    if (answer.status === 200) tell(where, answer.body.severity, answer.body.words);
    else tell(where, answer.status >= 500 ? 'wait' : 'block', [answer.body.message || words.tUnchecked]);
  };

  hold.start = function (card, by) {
    hold.card = card;
    hold.from = plan.where(card);
    hold.to = hold.from;
    hold.by = by;
    document.body.classList.add('plan-holding');
    const b = board.block(card.id);
    if (b) b.classList.add('plan-held');
    if (by === 'key') plan.say_now(plan.say(words.tHeld, { name: card.name, where: plan.label(hold.to, card) }));
  };
  hold.move = function (to) {
    if (!hold.card || plan.same(to, hold.to)) return;
    hold.to = to;
    turn += 1;
    window.clearTimeout(timer);
    if (plan.isTray(to) || plan.same(to, hold.from)) {
      board.land(hold.card, to, 'ok', '');
      plan.say_now(plan.label(to, hold.card));
      return;
    }
    const there = plan.overlaps(hold.card, to);
    tell(to, there.length ? 'block' : 'wait', there.length ? [plan.say(words.tOverlaps, { names: there.slice(0, 3).join(words.tSep) })] : []);
    timer = window.setTimeout(check, PATIENCE, hold.card, to);
  };
  const end = function () {
    const card = hold.card;
    turn += 1;
    window.clearTimeout(timer);
    board.land(null, null);
    document.body.classList.remove('plan-holding');
    const b = board.block(card.id);
    if (b) b.classList.remove('plan-held');
    hold.card = null;
    return card;
  };
  hold.cancel = function () {
    const card = end();
    board.draw();
    plan.say_now(plan.say(words.tBack, { name: card.name, where: plan.label(plan.where(card), card) }));
    plan.choose(card.id, true);
  };
  hold.drop = function () {
    const to = hold.to;
    const from = hold.from;
    if (plan.same(to, from)) {
      hold.cancel();
      return;
    }
    const card = end();
    plan.lay(card.id, to);
    plan.outbox.put(words.move.replace('/0/', '/' + card.id + '/'), { seen: from, to: to }, card.id);
    board.draw();
    plan.say_now(plan.say(words.tDropped, { name: card.name, where: plan.label(to, card) }));
    plan.choose(card.id, true);
  };
  plan.hold = hold;
})();
