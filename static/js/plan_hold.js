/* One card in the hand, by mouse, finger or keyboard: where it would lie, and what that would mean.
   What the page can see in the way is told at once; for everything else the server is asked. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const PATIENCE = 140; // milliseconds a card must stay over a place before the server is asked
  const words = document.querySelector('#plan').dataset;
  const hold = { card: null };
  let turn = 0;
  let timer = 0;

  const tell = function (where, state, lines) {
    board.land(hold.card, where, state, lines.join(' '));
    const verdicts = { wait: '', ok: words.tFits, note: words.tFits, warn: words.tThink, block: words.tBlocked };
    plan.say_now([plan.label(where, hold.card), verdicts[state]].concat(lines).filter(Boolean).map(function (line) { return line.replace(/[.。]$/, ''); }).join(words.tStop));
  };
  const check = async function (card, where) {
    const mine = turn;
    let answer;
    try {
      answer = await plan.outbox.ask(plan.ground.check(card, where));
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
    const there = plan.ground.inTheWay(hold.card, to);
    tell(to, there.length ? 'block' : 'wait', there);
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
    plan.ground.send(card, from, to);
    board.draw();
    plan.say_now(plan.say(words.tDropped, { name: card.name, where: plan.label(to, card) }));
    plan.choose(card.id, true);
  };
  plan.hold = hold;
})();
