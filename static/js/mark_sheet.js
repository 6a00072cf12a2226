/* The judge's page: paints what is entered, saves every change through the outbox, shows how the
   saving stands, and asks before the sheet is submitted. */
(function () {
  'use strict';
  const RETRY = 10000;
  const m = window.marking;
  const one = function (selector, within) { return (within || document).querySelector(selector); };
  const many = function (selector, within) { return Array.from((within || document).querySelectorAll(selector)); };
  const draw = function (within, name) { // another icon of the same sprite
    const use = one('use', within);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#' + name));
  };
  const say = function (words, facts) { return words.replace(/\{(\w+)\}/g, function (_, name) { return facts[name]; }); };

  const sheet = one('main.sheet');
  const t = sheet.dataset;
  const page = window.location.pathname;
  const token = one('meta[name=csrf-token]').content;
  const rows = many('.mark');
  const stops = many('.rail a').map(function (a) { return a.pathname; });
  const pages = Array.from(new Set([page].concat(stops))); // only this judge's own sheets
  let link = navigator.onLine ? 'done' : 'offline';
  let sending = false;
  let again = false;
  let running = Promise.resolve();
  let missing = []; // codes the server still misses, valid while nothing is waiting
  let waiting = []; // entries of this sheet that are still to be sent
  let unsettled = 0; // entries of this sheet that need the judge's decision

  // ---- reading and painting

  const raw = function (row) {
    const control = one(row.dataset.kind === 'J' || row.dataset.kind === 'B' ? 'input:checked' : 'input', row);
    return control ? m.plain(control.value) : '';
  };
  const fill = function (row, value) {
    many('input', row).forEach(function (control) {
      if (control.type === 'radio') control.checked = value !== '' && m.same(control.value, value);
      else control.value = value;
    });
  };
  const worth = function (row) { // what the server said about this very value, or our own reckoning
    const confirmed = m.same(raw(row), row.dataset.raw) && row.dataset.raw !== '' ? m.given(row.dataset.points) : null;
    return confirmed === null ? m.points(row.dataset, raw(row)) : confirmed;
  };
  const words = function (row, value) {
    if (value === '') return t.tEmpty;
    if (row.dataset.kind === 'B') return value === '1' ? t.tMet : t.tUnmet;
    return value;
  };

  const paintMeasure = function (row, points) {
    const verdict = one('[data-verdict]', row);
    const state = raw(row) === '' ? '' : points === null ? 'nan' : points > 0 ? 'in' : 'out';
    verdict.textContent = { '': '', nan: t.tNan, in: t.tIn, out: t.tOut }[state];
    one('.gauge', row).dataset.state = state;
    one('input', row).setAttribute('aria-invalid', String(state === 'nan'));
  };
  const paintWords = function (row) {
    const line = one('[data-say]', row);
    const value = raw(row);
    if (line) line.dataset.idle = line.dataset.idle || line.textContent;
    if (row.dataset.kind === 'J' && value !== '') line.textContent = one('input:checked', row).getAttribute('aria-label').replace(' ', ' · ');
    if (row.dataset.kind === 'D') {
      const each = line.dataset.idle;
      line.textContent = value === '' ? each : each + ' · ' + say(t.tCount, { n: value });
    }
    many('[data-level]', row).forEach(function (level) { level.classList.toggle('chosen', level.dataset.level === value); });
  };
  const paintRow = function (row) {
    const points = worth(row);
    one('[data-got]', row).textContent = points === null ? t.tNone : m.shown(points);
    row.classList.toggle('todo', points === null);
    row.classList.toggle('zero', points === 0);
    if (row.dataset.kind === 'M') paintMeasure(row, points);
    paintWords(row);
    return points;
  };
  const open = function () { // rows that still stop the sheet from being submitted
    const settled = waiting.length === 0;
    return rows.filter(function (row) {
      return row.classList.contains('todo') || row.classList.contains('stuck') || (settled && missing.includes(row.dataset.code));
    });
  };
  const paint = function () {
    let total = 0;
    many('.part').forEach(function (part) {
      const sum = many('.mark', part).reduce(function (sofar, row) { return sofar + (paintRow(row) || 0); }, 0);
      one('[data-sum]', part).textContent = m.shown(sum);
      const review = one('[data-review="' + part.dataset.part + '"]');
      if (review) review.textContent = m.shown(sum);
      total += sum;
    });
    one('#total').textContent = m.shown(total);
    if (t.status !== 'open') return;
    const left = open();
    const codes = left.slice(0, 5).map(function (row) { return row.dataset.code; }).join(t.tSep);
    one('#review-total').textContent = m.shown(total);
    one('#left').classList.toggle('none', left.length === 0);
    draw(one('#left'), left.length ? 'circle-dashed' : 'circle-check');
    one('#left-text').textContent = left.length ? say(t.tLeft, { n: left.length, codes: codes + (left.length > 5 ? ' …' : '') }) : t.tAll;
    one('#hand-in').setAttribute('aria-disabled', String(left.length > 0));
    const count = one('#rail-count');
    if (count) count.textContent = rows.length - left.length + '/' + rows.length;
  };

  // ---- what must be told

  const notice = function (text, label, action) {
    const box = one('#sheet-notice');
    many('button', box).forEach(function (b) { b.remove(); });
    box.hidden = !text;
    one('p', box).textContent = text || '';
    if (!label) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain';
    button.textContent = label;
    button.addEventListener('click', action);
    one('div', box).append(button);
  };
  const note = function (row, text, choices) {
    const box = one('.mark-note', row);
    const isNews = box.hidden && text;
    box.hidden = !text;
    box.textContent = '';
    box.append(Object.assign(document.createElement('span'), { textContent: text || '' }));
    row.classList.toggle('stuck', Boolean(text));
    (choices || []).forEach(function (choice) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-plain';
      button.textContent = choice.label;
      button.addEventListener('click', choice.action);
      box.append(button);
    });
    if (isNews) row.scrollIntoView({ block: 'nearest' });
  };
  const rowOf = function (entry) {
    return entry.page === page ? rows.find(function (row) { return row.dataset.aspect === String(entry.aspect); }) : undefined;
  };

  const paintPill = function () {
    const pill = one('#pill');
    const n = waiting.length;
    const closed = t.status !== 'open';
    const ways = [ // the first that applies: state, icon, words, number
      [closed && n + unsettled, 'stop', 'lock', 'tLost', n + unsettled],
      [closed, 'ok', 'cloud-check', 'tOk', 0],
      [link === 'signed-out', 'stop', 'lock', 'tStop', n],
      [link === 'offline', 'off', 'wifi-off', n ? 'tOffwait' : 'tOff', n],
      [unsettled, 'ask', 'triangle-alert', 'tAsk', unsettled],
      [sending && n, 'busy', 'refresh-cw', 'tBusy', n],
      [n, 'wait', 'refresh-cw', 'tWait', n],
      [true, 'ok', 'cloud-check', 'tOk', 0],
    ];
    const way = ways.find(function (candidate) { return candidate[0]; });
    pill.dataset.state = way[1];
    draw(pill, way[2]);
    one('#pill-text').textContent = say(pill.dataset[way[3]], { n: way[4] });
  };
  const paintRail = function (entries) {
    many('.rail a').forEach(function (a) {
      const words = one('[data-unsent]', a);
      const n = a.pathname === page ? 0 : entries.filter(function (e) { return e.page === a.pathname; }).length;
      words.dataset.idle = words.dataset.idle || words.textContent;
      words.textContent = n ? say(words.dataset.text, { n: n }) : words.dataset.idle;
      words.classList.toggle('owing', n > 0);
    });
  };
  const look = async function () { // read the outbox again and show how things stand
    const entries = await m.outbox.all();
    const here = entries.filter(function (e) { return e.page === page; });
    waiting = here.filter(function (e) { return e.state === 'waiting'; });
    unsettled = here.length - waiting.length;
    paintPill();
    paintRail(entries);
    paint();
    return entries;
  };

  // ---- saving

  const keep = function (row) {
    const value = raw(row);
    if (value !== '' && m.points(row.dataset, value) === null) return Promise.resolve(); // not a number: said beside it
    note(row, '');
    return m.outbox.put({ page: page, url: t.save, aspect: row.dataset.aspect, code: row.dataset.code, raw: value, seen: Number(row.dataset.version) })
      .then(look).then(flush);
  };
  const take = function (row, value) { // the judge keeps the other device's value
    fill(row, value);
    row.dataset.raw = value;
    row.dataset.points = '';
    note(row, '');
    return m.outbox.drop({ page: page, aspect: row.dataset.aspect }).then(look);
  };
  const dispute = function (row, entry) {
    const facts = { theirs: words(row, entry.theirs), mine: words(row, entry.raw) };
    row.dataset.version = entry.seen;
    fill(row, entry.raw);
    note(row, say(t.tConflict, facts), [
      { label: say(t.tTheirs, facts), action: function () { take(row, entry.theirs); } },
      { label: say(t.tMine, facts), action: function () { keep(row); } },
    ]);
  };
  const show = function (entries) { // conflicts and refusals stand beside their rows
    entries.forEach(function (entry) {
      const row = rowOf(entry);
      if (row && entry.state === 'conflict') dispute(row, entry);
      if (row && entry.state === 'refused') note(row, entry.message || t.tRefused);
    });
    paint();
  };
  const close = async function (message) { // the sheet was locked: nothing more is accepted
    t.status = 'locked';
    rows.forEach(function (row) { // what stands on the server, not what was typed
      row.disabled = true;
      fill(row, row.dataset.raw);
      note(row, '');
    });
    many('#left, #hand-in').forEach(function (b) { b.hidden = true; });
    const lost = (await look()).filter(function (e) { return e.page === page; });
    const values = lost.map(function (e) {
      const row = rowOf(e);
      const value = e.next === undefined ? e.raw : e.next;
      return e.code + ' = ' + (row ? words(row, value) : value);
    }).join(t.tSep);
    if (!lost.length) notice(message || t.tLocked);
    else notice(say(t.tLost, { values: values }), t.tDiscard, function () { Promise.all(lost.map(m.outbox.drop)).then(function () { window.location.reload(); }); });
    one('#sheet-notice').scrollIntoView({ block: 'center' });
  };
  const heard = function (entry, answer) {
    const row = rowOf(entry);
    const body = answer.body;
    if (!row) return;
    if (answer.status === 200) {
      Object.assign(row.dataset, { version: body.version, raw: entry.raw, points: body.points === null ? '' : body.points });
      missing = body.missing || [];
      if (body.sheet_version !== undefined) one('#submit-form [name=version]').value = body.sheet_version;
    }
    if (answer.status === 409) Object.assign(row.dataset, { version: body.version, raw: body.raw === null ? '' : body.raw, points: '' });
    if (answer.status === 423) close(body.message);
  };
  const send = async function () {
    if (t.status !== 'open') return;
    if (!navigator.onLine) {
      link = 'offline';
      await look();
      return;
    }
    sending = true;
    paintPill();
    link = await m.outbox.flush(pages, token, heard);
    sending = false;
    if (link === 'signed-out') notice(t.tSignin);
    if (t.status === 'open') show((await look()).filter(function (e) { return e.state !== 'waiting'; }));
    if (again && link === 'done') {
      again = false;
      await flush();
    }
  };
  const flush = function () { // asked for in the middle of a sending, it is over when that one is
    if (sending) again = true;
    else running = send();
    return running;
  };

  // ---- what the judge does

  const goTo = function (row) {
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    (one('input:checked', row) || one('input', row)).focus({ preventScroll: true });
  };
  sheet.addEventListener('input', paint);
  sheet.addEventListener('change', function (event) {
    const row = event.target.closest('.mark');
    if (!row) return;
    if (event.target.type === 'text') event.target.value = m.plain(event.target.value);
    paint();
    keep(row);
  });
  sheet.addEventListener('click', function (event) {
    const by = event.target.closest('[data-by]');
    const levels = event.target.closest('[data-levels]');
    if (by) {
      const row = by.closest('.mark');
      const control = one('input', row);
      control.value = Math.min(999, Math.max(0, (parseInt(control.value, 10) || 0) + Number(by.dataset.by)));
      paint();
      keep(row);
    }
    if (levels) {
      const list = document.getElementById(levels.getAttribute('aria-controls'));
      list.hidden = !list.hidden;
      levels.setAttribute('aria-expanded', String(!list.hidden));
    }
  });
  sheet.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.target.tagName !== 'INPUT') return;
    event.preventDefault();
    event.target.blur(); // lets the change be heard before the focus moves on
    goTo(rows[rows.indexOf(event.target.closest('.mark')) + 1]);
  });
  many('.rail a, .sheet-nav a').forEach(function (a) {
    a.addEventListener('click', function (event) {
      if (link !== 'offline') return;
      event.preventDefault();
      notice(t.tStay);
      one('#sheet-notice').scrollIntoView({ block: 'center' });
    });
  });

  const form = one('#submit-form');
  const review = one('#review');
  if (review) {
    one('#left').addEventListener('click', function () { goTo(open()[0]); });
    form.addEventListener('submit', async function (event) {
      event.preventDefault();
      if (open().length) {
        goTo(open()[0]);
        return;
      }
      await flush();
      if (open().length) goTo(open()[0]);
      else if (waiting.length) notice(t.tUnsent);
      else if (review.showModal) review.showModal();
      else form.submit();
    });
    one('[data-close]', review).addEventListener('click', function () { review.close(); });
    one('#submit-now').addEventListener('click', function (event) {
      event.target.disabled = true;
      form.submit();
    });
  }

  window.addEventListener('online', function () {
    notice('');
    flush();
  });
  window.addEventListener('offline', flush);
  window.addEventListener('beforeunload', function (event) {
    if (m.outbox.isFragile() && waiting.length) event.preventDefault();
  });
  window.setInterval(function () {
    if (waiting.length || link === 'offline') flush();
  }, RETRY);

  const start = async function () {
    const here = one('.rail [aria-current]');
    if (here && one('.rail ol').scrollWidth > one('.rail ol').clientWidth) one('.rail ol').scrollLeft = here.offsetLeft - 60;
    const entries = (await m.outbox.all()).filter(function (e) { return e.page === page; });
    entries.forEach(function (entry) {
      const row = rowOf(entry);
      if (row && t.status === 'open') fill(row, entry.next === undefined ? entry.raw : entry.next);
    });
    if (m.outbox.isFragile()) notice(t.tFragile);
    if (t.status === 'open') {
      show(entries);
      await flush();
    } else if (entries.length) await close();
    else await look();
  };
  start();
})();
