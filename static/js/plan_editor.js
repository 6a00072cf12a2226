/* The page of the plan's board: loading, hearing what others do, details of a card, what clashes.
   On a narrow screen it leaves the list of the day as it is. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const outbox = plan.outbox;
  const hold = plan.hold;
  const EVERY = 4000; // milliseconds between two looks at what others did
  const AFTER_OTHERS = 3000; // milliseconds until the whole plan is judged again
  const AFTER_MINE = 10000;
  const WIDE = '(min-width: 761px)';
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  const page = one('#plan');
  const words = page.dataset;
  let isLoaded = false;
  let isLooking = false;
  let clashTimer = 0;
  let clashDue = 0;

  // ---- one card in detail

  plan.tell_of = function (card) {
    const box = one('#plan-facts');
    box.hidden = !card;
    if (!card) return;
    const where = plan.where(card);
    const mark = board.markOf(card);
    const rows = [plan.facts.tracks[card.track].name, plan.label(where, card), plan.say(words.tSize, { n: card.size })];
    if (plan.isTray(where)) rows.push(plan.say(words.tMinutes, { n: card.minutes }));
    if (card.sitting) rows.push(plan.say(words.tSitting, { n: card.sitting }));
    if (card.serving) rows.push(plan.say(words.tServing, { n: card.serving }));
    one('h2', box).textContent = card.name;
    plan.lines(one('.plan-rows', box), rows);
    plan.lines(one('.plan-words', box), mark ? mark.words : []);
    one('#plan-form', box).href = words.form.replace('/0/', '/' + card.id + '/');
    one('#plan-seats', box).hidden = !card.session;
    one('#plan-seats', box).href = words.seats.replace('/0/', '/' + card.session + '/');
    one('#plan-lift', box).hidden = plan.isTray(where);
  };
  const facts = function () { plan.tell_of(plan.cards.get(board.chosen)); };
  const draw = function () {
    board.draw();
    const b = board.block(board.chosen);
    if (b) b.setAttribute('aria-current', 'true');
    facts();
  };

  // ---- clashes of everything

  const judged = function (judge) {
    judge();
    const n = Object.keys(plan.clashes).length;
    one('#plan-count').textContent = n ? plan.say(words.tAll, { n: n }) : words.tNone;
  };
  const lookForClashes = async function () {
    if (document.hidden || outbox.waiting().length) { // another answer is on its way
      clashesSoon(AFTER_OTHERS);
      return;
    }
    let answer;
    try {
      answer = await outbox.ask(words.clashes);
    } catch (failure) {
      return;
    }
    if (answer.status !== 200) return;
    judged(function () { plan.judge(answer.body.clashes); });
    if (!hold.card) draw();
  };
  const clashesSoon = function (wait) { // an own move told of its clashes: the whole list is in no hurry
    const due = Date.now() + wait;
    if (wait === AFTER_OTHERS && clashDue > Date.now() && clashDue < due) return; // while others go on moving
    clashDue = due;
    window.clearTimeout(clashTimer);
    clashTimer = window.setTimeout(lookForClashes, wait);
  };

  // ---- answers

  outbox.hears.done = function (entry, body) {
    plan.settled(entry);
    const card = plan.put(body.card);
    plan.history(body.history);
    plan.notice('');
    if (body.clashes) judged(function () { plan.judgeAgain(card.id, body.clashes); });
    if (!entry.item) board.uncover(plan.where(card));
    if (!hold.card) {
      draw();
      plan.choose(card.id, !entry.item || document.activeElement === document.body);
    }
    plan.say_now(body.words);
    clashesSoon(body.clashes ? AFTER_MINE : AFTER_OTHERS);
  };
  outbox.hears.refused = function (entry, answer) {
    plan.settled(entry);
    if (answer.body.card) plan.put(answer.body.card);
    if (!answer.body.keys) plan.notice(answer.body.message || words.tGone, answer.body.words);
    const id = answer.body.card ? answer.body.card[0] : entry.item;
    const card = plan.cards.get(id);
    if (!hold.card) draw();
    if (!card) return;
    if (answer.status === 409) board.uncover(plan.where(card));
    plan.choose(id, !hold.card);
    plan.say_now(plan.say(words.tBack, { name: card.name, where: plan.label(plan.where(card), card) }));
  };

  // ---- the server's state

  const look = async function () {
    if (isLooking || hold.card || document.hidden || !window.matchMedia(WIDE).matches) return;
    isLooking = true;
    const known = isLoaded ? '?facts=' + plan.factsMark + '&number=' + plan.number + '&sums=' + plan.sums() : '';
    let answer = { status: 0 };
    try {
      answer = await outbox.ask(words.state + known);
    } catch (failure) {
      answer.status = 0;
    }
    isLooking = false;
    plan.linked(answer.status);
    if (answer.status !== 200 || hold.card) return;
    const isNew = plan.learn(answer.body);
    plan.history(answer.body.history);
    if (answer.body.news.length) plan.say_now(answer.body.news.slice(-3).join(' '));
    if (!isNew && isLoaded) return;
    draw();
    clashesSoon(isLoaded ? AFTER_OTHERS : 0);
    isLoaded = true;
  };
  const markList = async function () { // the list of a narrow screen shows what clashes, too
    let answer;
    try {
      answer = await outbox.ask(words.clashes);
    } catch (failure) {
      return;
    }
    if (answer.status !== 200) return;
    plan.judge(answer.body.clashes);
    many('[data-line]').forEach(function (line) {
      const mark = plan.clashes[line.dataset.line];
      if (!mark || one('.plan-flag', line)) return;
      const flag = Object.assign(document.createElement('details'), { className: 'plan-flag is-' + mark.severity });
      const head = document.createElement('summary');
      const list = Object.assign(document.createElement('ul'), { className: 'plan-words' });
      head.append(board.icon(mark.severity === 'block' ? 'circle-x' : 'triangle-alert'), plan.say(mark.severity === 'block' ? words.tClashes : words.tWarnings, { n: mark.words.length }));
      plan.lines(list, mark.words);
      flag.append(head, list);
      one('div', line).append(flag);
    });
  };
  const start = function () {
    if (!window.matchMedia(WIDE).matches) markList();
    if (isLoaded || !window.matchMedia(WIDE).matches) return;
    document.body.classList.add('plan-live');
    many('[data-live]').forEach(function (part) { part.hidden = false; });
    many('[data-plain]').forEach(function (part) { part.hidden = true; });
    outbox.resume().forEach(function (entry) { if (entry.item) plan.lay(entry.item, entry.body.to); });
    look().then(outbox.run);
  };

  // ---- the bar above

  many('.plan-days a').forEach(function (a, n) {
    a.addEventListener('click', function (event) {
      if (!isLoaded || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      window.history.replaceState(null, '', a.href);
      board.goTo(n);
      facts();
    });
  });
  one('#plan-venue').addEventListener('change', function (event) {
    if (!isLoaded) return;
    board.view.venue = Number(event.target.value);
    draw();
  });
  one('#plan-search').addEventListener('input', function (event) {
    board.view.search = event.target.value.trim().toLowerCase();
    board.drawTray();
  });
  one('#plan-lift').addEventListener('click', function () {
    hold.start(plan.cards.get(board.chosen), 'button');
    hold.move({ room: null, at: null });
    hold.drop();
  });

  start();
  window.matchMedia(WIDE).addEventListener('change', start);
  document.addEventListener('visibilitychange', look);
  window.setInterval(look, EVERY);
})();
