/* The page of one room's stations: loading, hearing what others do, details of who sits where. On a
   narrow screen it leaves the list of the day as it is. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const outbox = plan.outbox;
  const hold = plan.hold;
  const EVERY = 4000; // milliseconds between two looks at what others did
  const WIDE = '(min-width: 761px)';
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  const words = one('#plan').dataset;
  let isLoaded = false;
  let isLooking = false;

  plan.tell_of = function (card) {
    const box = one('#plan-facts');
    box.hidden = !card;
    if (!card) return;
    const held = plan.session(card);
    const where = plan.where(card);
    const mark = board.markOf(card);
    one('h2', box).textContent = card.number + ' ' + card.label;
    plan.lines(one('.plan-rows', box), [card.unit, held.track, held.name + ' ' + plan.span(held), plan.label(where)].filter(Boolean));
    plan.lines(one('.plan-words', box), mark ? mark.words : []);
    one('#plan-seats', box).href = words.seats.replace('/0/', '/' + card.session + '/') + '?entry=' + card.entry;
    one('#plan-lift', box).hidden = plan.isTray(where);
  };
  const draw = function () {
    board.draw();
    const b = board.block(board.chosen);
    const n = Object.keys(plan.clashes).length;
    if (b) b.setAttribute('aria-current', 'true');
    one('#plan-count').textContent = n ? plan.say(words.tAll, { n: n }) : words.tNone;
    plan.tell_of(plan.cards.get(board.chosen));
  };
  const learn = function (picture) {
    plan.learn(picture);
    plan.history(picture.history);
    if (!hold.card) draw();
  };

  outbox.hears.done = function (entry, body) {
    plan.settled(entry);
    if (body.day !== Number(words.day)) { // a step of another day: go and see
      window.location.assign(window.location.pathname + '?day=' + body.day);
      return;
    }
    learn(body.picture);
    plan.notice('');
    if (!hold.card) plan.choose(body.card, !entry.item || document.activeElement === document.body);
    plan.say_now(body.words);
  };
  outbox.hears.refused = function (entry, answer) {
    plan.settled(entry);
    if (answer.body.picture) learn(answer.body.picture);
    else if (!hold.card) draw();
    if (!answer.body.keys) plan.notice(answer.body.message || words.tGone, answer.body.words);
    const card = plan.cards.get(entry.item);
    if (!card || hold.card) return;
    plan.choose(card.id, true);
    plan.say_now(plan.say(words.tBack, { name: card.name, where: plan.label(plan.where(card)) }));
  };

  const look = async function () {
    if (isLooking || hold.card || document.hidden || !window.matchMedia(WIDE).matches) return;
    isLooking = true;
    let answer = { status: 0 };
    try {
      answer = await outbox.ask(words.state + '&mark=' + plan.mark + '&number=' + (plan.facts.number || 0));
    } catch (failure) {
      answer.status = 0;
    }
    isLooking = false;
    plan.linked(answer.status);
    if (answer.status !== 200 || hold.card || !answer.body.mark) return;
    if (isLoaded && answer.body.news.length) plan.say_now(answer.body.news.join(' '));
    isLoaded = true;
    learn(answer.body);
  };
  const start = function () {
    if (isLoaded || !window.matchMedia(WIDE).matches) return;
    document.body.classList.add('plan-live');
    many('[data-live]').forEach(function (part) { part.hidden = false; });
    many('[data-plain]').forEach(function (part) { part.hidden = true; });
    outbox.resume().forEach(function (entry) { if (entry.item) plan.lay(entry.item, { station: entry.body.to }); });
    look().then(outbox.run);
  };

  one('#plan-search').addEventListener('input', function (event) {
    board.view.search = event.target.value.trim().toLowerCase();
    board.drawTray();
  });
  one('#plan-lift').addEventListener('click', function () {
    hold.start(plan.cards.get(board.chosen), 'button');
    hold.move(plan.ground.tray);
    hold.drop();
  });

  start();
  window.matchMedia(WIDE).addEventListener('change', start);
  document.addEventListener('visibilitychange', look);
  window.setInterval(look, EVERY);
})();
