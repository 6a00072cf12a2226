/* The page of the plan editor: loading, hearing what others do, details, undo, and what must be said.
   On a narrow screen it leaves the list of the day as it is. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const outbox = plan.outbox;
  const hold = plan.hold;
  const EVERY = 4000; // milliseconds between two looks at what others did
  const WIDE = '(min-width: 761px)';
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  const page = one('#plan');
  const words = page.dataset;
  let isLoaded = false;
  let isLooking = false;
  let isLooked = false;
  let clashTimer = 0;

  plan.say_now = function (text) { one('#plan-say').textContent = text; };

  // ---- what must be told and asked

  const lines = function (list, texts) {
    list.textContent = '';
    texts.forEach(function (text) { list.append(Object.assign(document.createElement('li'), { textContent: text })); });
  };
  const notice = function (text, more) {
    const box = one('#plan-notice');
    box.hidden = !text;
    one('p', box).textContent = text || '';
    lines(one('ul', box), more || []);
  };
  const consent = function (entry, body) {
    const dialog = one('#plan-consent');
    one('p', dialog).textContent = body.message;
    lines(one('ul', dialog), body.words);
    if (!dialog.showModal) return Promise.resolve(window.confirm([body.message].concat(body.words).join('\n'))); // Safari before 15.4
    return new Promise(function (answer) {
      dialog.returnValue = '';
      dialog.addEventListener('close', function () { answer(dialog.returnValue === 'yes'); }, { once: true });
      dialog.showModal();
    });
  };

  // ---- one card in detail

  const facts = function () {
    const card = plan.cards.get(board.chosen);
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
    lines(one('.plan-rows', box), rows);
    lines(one('.plan-words', box), mark ? mark.words : []);
    one('#plan-form', box).href = words.form.replace('/0/', '/' + card.id + '/');
    one('#plan-seats', box).hidden = !card.session;
    one('#plan-seats', box).href = words.seats.replace('/0/', '/' + card.session + '/');
    one('#plan-lift', box).hidden = plan.isTray(where);
  };
  plan.choose = function (id, isFocused) {
    const before = board.block(board.chosen);
    if (before) before.tabIndex = -1;
    board.chosen = id;
    many('.plan-block[aria-current]').forEach(function (b) { b.removeAttribute('aria-current'); });
    const b = board.block(id);
    if (b) {
      many('.plan-block', b.closest('#plan-tray, #plan-scroll')).forEach(function (other) { other.tabIndex = -1; });
      b.tabIndex = 0;
      b.setAttribute('aria-current', 'true');
      if (isFocused) b.focus({ preventScroll: true });
      board.show(plan.where(plan.cards.get(id)));
    }
    facts();
  };
  const draw = function () {
    board.draw();
    const b = board.block(board.chosen);
    if (b) b.setAttribute('aria-current', 'true');
    facts();
  };

  // ---- clashes of everything

  const lookForClashes = async function () {
    let answer;
    try {
      answer = await outbox.ask(words.clashes);
    } catch (failure) {
      return;
    }
    if (answer.status !== 200) return;
    isLooked = true;
    plan.clashes = answer.body.items;
    const n = Object.keys(plan.clashes).length;
    one('#plan-count').textContent = n ? plan.say(words.tAll, { n: n }) : words.tNone;
    if (!hold.card) draw();
  };
  const clashesSoon = function () {
    window.clearTimeout(clashTimer);
    clashTimer = window.setTimeout(lookForClashes, isLooked ? 1200 : 0);
  };

  // ---- undo

  const history = function (told) {
    ['undo', 'redo'].forEach(function (way) {
      const button = one('#plan-' + way);
      const text = told[way];
      button.setAttribute('aria-disabled', String(!text));
      button.title = text || '';
    });
  };
  plan.back = function (way) {
    if (one('#plan-' + way).getAttribute('aria-disabled') === 'true' && !outbox.waiting().length) return;
    outbox.put(words.steps, { way: way }, null);
  };

  // ---- answers

  const settled = function (entry) {
    const isLast = !outbox.waiting().some(function (other) { return other.item === entry.item; });
    if (entry.item && isLast) plan.unlay(entry.item);
  };
  outbox.hears.done = function (entry, body) {
    settled(entry);
    const card = plan.put(body.card);
    history(body.history);
    notice('');
    if (!entry.item) board.uncover(plan.where(card));
    if (!hold.card) {
      draw();
      plan.choose(card.id, !entry.item || document.activeElement === document.body);
    }
    plan.say_now(body.words);
    clashesSoon();
  };
  outbox.hears.consent = consent;
  outbox.hears.refused = function (entry, answer) {
    settled(entry);
    if (answer.body.card) plan.put(answer.body.card);
    if (!answer.body.keys) notice(answer.body.message || words.tGone, answer.body.words);
    const id = answer.body.card ? answer.body.card[0] : entry.item;
    const card = plan.cards.get(id);
    if (!hold.card) draw();
    if (!card) return;
    if (answer.status === 409) board.uncover(plan.where(card));
    plan.choose(id, !hold.card);
    plan.say_now(plan.say(words.tBack, { name: card.name, where: plan.label(plan.where(card), card) }));
  };
  outbox.hears.link = function () {
    const pill = one('#plan-pill');
    const n = outbox.waiting().length;
    const ways = [
      [outbox.link === 'signed-out', 'stop', 'lock', 'tSignedOut'],
      [outbox.link === 'offline', 'off', 'wifi-off', n ? 'tOffwait' : 'tOff'],
      [n > 0, 'busy', 'refresh-cw', 'tBusy'],
      [true, 'ok', 'cloud-check', 'tOk'],
    ];
    const way = ways.find(function (candidate) { return candidate[0]; });
    if (pill.dataset.state === way[1] && pill.dataset.n === String(n)) return;
    pill.dataset.state = way[1];
    pill.dataset.n = n;
    pill.textContent = '';
    pill.append(board.icon(way[2]), plan.say(words[way[3]], { n: n }));
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
      outbox.link = 'offline';
    }
    isLooking = false;
    if (answer.status === 401) outbox.link = 'signed-out';
    if (answer.status === 200) outbox.link = outbox.link === 'offline' && outbox.waiting().length ? 'offline' : 'ok';
    outbox.hears.link();
    if (answer.status === 200) outbox.run();
    if (answer.status !== 200 || hold.card) return;
    const isNew = plan.learn(answer.body);
    history(answer.body.history);
    if (answer.body.news.length) plan.say_now(answer.body.news.slice(-3).join(' '));
    if (!isNew && isLoaded) return;
    isLoaded = true;
    draw();
    clashesSoon();
  };
  const markList = async function () { // the list of a narrow screen shows what clashes, too
    let answer;
    try {
      answer = await outbox.ask(words.clashes);
    } catch (failure) {
      return;
    }
    if (answer.status !== 200) return;
    many('[data-line]').forEach(function (line) {
      const mark = answer.body.items[line.dataset.line];
      if (!mark || one('.plan-flag', line)) return;
      const flag = Object.assign(document.createElement('details'), { className: 'plan-flag is-' + mark.severity });
      const head = document.createElement('summary');
      const list = Object.assign(document.createElement('ul'), { className: 'plan-words' });
      head.append(board.icon(mark.severity === 'block' ? 'circle-x' : 'triangle-alert'), plan.say(mark.severity === 'block' ? words.tClashes : words.tWarnings, { n: mark.words.length }));
      lines(list, mark.words);
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
  ['undo', 'redo'].forEach(function (way) {
    one('#plan-' + way).addEventListener('click', function () { plan.back(way); });
  });
  one('#plan-notice button').addEventListener('click', function () { notice(''); });
  one('#plan-lift').addEventListener('click', function () {
    hold.start(plan.cards.get(board.chosen), 'button');
    hold.move({ room: null, at: null });
    hold.drop();
  });
  many('#plan-consent button').forEach(function (button) {
    button.addEventListener('click', function () { one('#plan-consent').close(button.value); });
  });

  start();
  window.matchMedia(WIDE).addEventListener('change', start);
  document.addEventListener('visibilitychange', look);
  window.setInterval(look, EVERY);
})();
