/* What every page of the plan says and asks: the line that is read out, notices, the question before
   a move, undo and repeat, and how the saving goes. */
(function () {
  'use strict';
  const plan = window.plan;
  const outbox = plan.outbox;
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  const words = one('#plan').dataset;

  plan.say_now = function (text) { one('#plan-say').textContent = text; };
  plan.lines = function (list, texts) {
    list.textContent = '';
    texts.forEach(function (text) { list.append(Object.assign(document.createElement('li'), { textContent: text })); });
  };
  plan.notice = function (text, more) {
    const box = one('#plan-notice');
    box.hidden = !text;
    one('p', box).textContent = text || '';
    plan.lines(one('ul', box), more || []);
  };
  one('#plan-notice button').addEventListener('click', function () { plan.notice(''); });

  outbox.hears.consent = function (entry, body) {
    const dialog = one('#plan-consent');
    one('p', dialog).textContent = body.message;
    plan.lines(one('ul', dialog), body.words);
    if (!dialog.showModal) return Promise.resolve(window.confirm([body.message].concat(body.words).join('\n'))); // Safari before 15.4
    return new Promise(function (answer) {
      dialog.returnValue = '';
      dialog.addEventListener('close', function () { answer(dialog.returnValue === 'yes'); }, { once: true });
      dialog.showModal();
    });
  };
  many('#plan-consent button').forEach(function (button) {
    button.addEventListener('click', function () { one('#plan-consent').close(button.value); });
  });

  plan.history = function (told) {
    ['undo', 'redo'].forEach(function (way) {
      const button = one('#plan-' + way);
      button.setAttribute('aria-disabled', String(!told[way]));
      button.title = told[way] || '';
    });
  };
  plan.back = function (way) {
    if (one('#plan-' + way).getAttribute('aria-disabled') === 'true' && !outbox.waiting().length) return;
    outbox.put(words.steps, { way: way }, null);
  };
  ['undo', 'redo'].forEach(function (way) {
    one('#plan-' + way).addEventListener('click', function () { plan.back(way); });
  });

  plan.settled = function (entry) { // what was put somewhere here lies where the server says
    const isLast = !outbox.waiting().some(function (other) { return other.item === entry.item; });
    if (entry.item && isLast) plan.unlay(entry.item);
  };
  plan.linked = function (status) { // after a look: 0 is no connection
    if (status === 0) outbox.link = 'offline';
    if (status === 401) outbox.link = 'signed-out';
    if (status === 200) outbox.link = outbox.link === 'offline' && outbox.waiting().length ? 'offline' : 'ok';
    outbox.hears.link();
    if (status === 200) outbox.run();
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
    pill.append(plan.board.icon(way[2]), plan.say(words[way[3]], { n: n }));
  };

  plan.choose = function (id, isFocused) {
    const board = plan.board;
    const before = board.block(board.chosen);
    if (before) before.tabIndex = -1;
    board.chosen = id;
    many('.plan-block[aria-current]').forEach(function (b) { b.removeAttribute('aria-current'); });
    const b = board.block(id);
    if (b) {
      b.closest('#plan-tray, #plan-scroll').querySelectorAll('.plan-block').forEach(function (other) { other.tabIndex = -1; });
      b.tabIndex = 0;
      b.setAttribute('aria-current', 'true');
      if (isFocused) b.focus({ preventScroll: true });
      board.show(plan.where(plan.cards.get(id)));
    }
    plan.tell_of(plan.cards.get(id));
  };
})();
