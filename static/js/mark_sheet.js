/* The judge's page: paints what is entered, saves every change through the outbox, shows how the
   saving stands and where two devices differ, and asks before the sheet is submitted.

   A row carries what the server last said about it: raw, points, heads (the operations that stand)
   and contested. What the judge enters has seen those heads, or those that stood when they began
   to type (basis). */
(function () {
  'use strict';
  const RETRY = 10000;
  const LOOK_AGAIN = 60000;
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
  const codes = stops.map(function (path) { return decodeURIComponent(path.split('/').pop()); });
  const version = one('#submit-form [name=version]');
  let link = navigator.onLine ? 'done' : 'offline';
  let sending = false;
  let again = false;
  let moved = false; // submitted, returned or locked elsewhere: the page is to be fetched anew
  let running = Promise.resolve();
  let asked = []; // codes to hear about with the next delivery
  let waiting = []; // entries of this sheet that are still to be sent
  let elsewhere = 0; // entries of this judge's other sheets that are still to be sent
  let refused = 0; // entries of this sheet that the server did not take

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
    const limited = row.dataset.kind === 'M'; // the other rules have no inside and outside
    const state = raw(row) === '' ? '' : points === null ? 'nan' : !limited ? '' : points > 0 ? 'in' : 'out';
    verdict.textContent = { '': '', nan: t.tNan, in: t.tIn, out: t.tOut }[state];
    one('.gauge', row).dataset.state = state;
    one('input', row).setAttribute('aria-invalid', String(state === 'nan'));
  };
  const paintWords = function (row) {
    const line = one('[data-say]', row);
    const value = raw(row);
    if (line) line.dataset.idle = line.dataset.idle || line.textContent;
    if (row.dataset.kind === 'J') line.textContent = value === '' ? line.dataset.idle : one('input:checked', row).getAttribute('aria-label').replace(' ', ' · ');
    if ('DV'.includes(row.dataset.kind)) {
      const each = line.dataset.idle;
      line.textContent = value === '' ? each : each + ' · ' + say(t.tCount, { n: value });
    }
    many('[data-level]', row).forEach(function (level) { level.classList.toggle('chosen', level.dataset.level === value); });
  };
  const paintRow = function (row) {
    const points = worth(row);
    one('[data-got]', row).textContent = points === null ? t.tNone : m.shown(points);
    row.classList.toggle('todo', points === null && row.dataset.kind !== 'I'); // not the judge's to fill
    row.classList.toggle('zero', points === 0);
    if ('MNFT'.includes(row.dataset.kind)) paintMeasure(row, points);
    paintWords(row);
    return points;
  };
  const open = function () { // rows that still stop the sheet from being submitted
    return rows.filter(function (row) { return row.classList.contains('todo') || row.classList.contains('stuck'); });
  };
  const paint = function () {
    const marked = [];
    many('.part').forEach(function (part) {
      const own = many('.mark', part).map(function (row) { return { module: row.dataset.module, points: paintRow(row) || 0 }; });
      const sum = own.reduce(function (sofar, got) { return sofar + got.points; }, 0);
      marked.push.apply(marked, own);
      one('[data-sum]', part).textContent = m.shown(sum);
      const review = one('[data-review="' + part.dataset.part + '"]');
      if (review) review.textContent = m.shown(sum);
    });
    const total = m.total(marked);
    one('#total').textContent = m.shown(total);
    if (t.status !== 'open') return;
    const left = open();
    const named = left.slice(0, 5).map(function (row) { return row.dataset.code; }).join(t.tSep);
    one('#review-total').textContent = m.shown(total);
    one('#left').classList.toggle('none', left.length === 0);
    draw(one('#left'), left.length ? 'circle-dashed' : 'circle-check');
    one('#left-text').textContent = left.length ? say(t.tLeft, { n: left.length, codes: named + (left.length > 5 ? ' …' : '') }) : t.tAll;
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

  const contested = function () { return rows.filter(function (row) { return row.dataset.contested && !entryOf(row); }); };
  const entryOf = function (row) { return waiting.find(function (e) { return String(e.aspect) === row.dataset.aspect; }); };

  const paintPill = function () {
    const pill = one('#pill');
    const n = waiting.length + elsewhere;
    const ask = refused + contested().length;
    const closed = t.status !== 'open';
    const ways = [ // the first that applies: state, icon, words, number
      [closed && refused, 'stop', 'lock', 'tLost', refused],
      [link === 'signed-out', 'stop', 'lock', 'tStop', n],
      [link === 'gone', 'stop', 'lock', 'tGone', n],
      [link === 'offline', 'off', 'wifi-off', n ? 'tOffwait' : 'tOff', n],
      [ask, 'ask', 'triangle-alert', 'tAsk', ask],
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
    refused = here.length - waiting.length;
    elsewhere = entries.filter(function (e) { return e.state === 'waiting' && e.page !== page; }).length;
    show(here.filter(function (e) { return e.state === 'refused'; }));
    paintPill();
    paintRail(entries);
    document.dispatchEvent(new CustomEvent('marks-waiting', { detail: waiting.length + elsewhere }));
    return here;
  };

  // ---- what stands on the server

  const heads = function (row) { // as they were received
    return JSON.parse(row.dataset.heads || '[]').sort(function (a, b) { return a.at.localeCompare(b.at); });
  };
  const keys = function (row) { return heads(row).map(function (head) { return head.op; }); };
  const told = function (row, mark) { // what the server says about one aspect
    row.dataset.raw = mark.raw;
    row.dataset.points = mark.points;
    row.dataset.heads = JSON.stringify(mark.heads);
    row.dataset.contested = mark.contested ? '1' : '';
  };
  const learn = function (state, ops) { // what the server says about this sheet; ops: just sent
    let isNews = false;
    rows.forEach(function (row) {
      const mark = state.marks[row.dataset.aspect] || (state.whole ? { raw: '', points: '', heads: [], contested: false } : null);
      const entry = entryOf(row);
      const isOurs = entry && ops.includes(entry.op) && entry.next === undefined;
      if (!mark) return;
      const before = raw(row);
      told(row, mark);
      if (row.dataset.basis || (entry && !isOurs)) return; // the judge is at it: it meets the other value when it is sent
      fill(row, mark.raw);
      isNews = isNews || (!entry && !mark.contested && !m.same(before, mark.raw));
    });
    version.value = state.version;
    if (isNews) notice(t.tChanged);
    paint();
  };
  const asShown = function (row, head) {
    const time = new Date(head.at).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' });
    return say(t.tHead, { value: words(row, m.plain(head.raw)), device: head.device, time: time });
  };
  const dispute = function (row) { // two devices differ: the judge says which value holds
    const values = heads(row).map(function (head) { return asShown(row, head); }).join(t.tSep);
    note(row, say(t.tContested, { values: values }), heads(row).map(function (head) {
      return { label: say(t.tHold, { value: words(row, head.raw) }), action: function () { fill(row, head.raw); paint(); keep(row); } };
    }));
  };
  const show = function (lost) { // what is contested or was refused stands beside its row
    const said = lost.map(rowOf).filter(Boolean);
    rows.forEach(function (row) {
      if (said.includes(row)) return;
      if (t.status === 'open' && row.dataset.contested && !entryOf(row)) dispute(row);
      else if (row.classList.contains('stuck')) note(row, '');
    });
    lost.forEach(function (entry) {
      const row = rowOf(entry);
      if (row) note(row, entry.message || t.tRefused);
    });
    paint();
  };

  // ---- saving

  const keep = function (row) {
    const value = raw(row);
    if (value !== '' && m.points(row.dataset, value) === null) return Promise.resolve(); // not a number: said beside it
    const seen = row.dataset.basis ? JSON.parse(row.dataset.basis) : keys(row);
    delete row.dataset.basis;
    return m.outbox.put({ page: page, url: t.save, code: t.code, aspect: row.dataset.aspect, label: row.dataset.code, raw: value, seen: seen })
      .then(look).then(flush);
  };
  const anew = async function () { // the page as the server has it now, not as it was kept
    if (window.caches) await window.caches.open('eventsys-pages').then(function (cache) { return cache.delete(page); }).catch(function () {});
    window.location.reload();
  };
  const close = async function (here) { // the sheet was closed: nothing more is accepted
    t.status = 'locked';
    rows.forEach(function (row) { // what stands on the server, not what was typed
      row.disabled = true;
      fill(row, row.dataset.raw);
      note(row, '');
    });
    many('#left, #hand-in').forEach(function (b) { b.hidden = true; });
    const values = here.map(function (e) {
      const row = rowOf(e);
      const value = e.next === undefined ? e.raw : e.next;
      return e.label + ' = ' + (row ? words(row, value) : value);
    }).join(t.tSep);
    const why = here.map(function (e) { return e.message; }).find(Boolean); // excused meanwhile
    notice((why ? why + ' ' : '') + say(t.tLost, { values: values }), t.tDiscard, function () { Promise.all(here.map(m.outbox.drop)).then(anew); });
    one('#sheet-notice').scrollIntoView({ block: 'center' });
    paintPill();
  };
  const heard = function (where, state, ops) {
    if (where !== page) return;
    if (state.status !== t.status) moved = true;
    else learn(state, ops);
  };
  const send = async function () {
    if (!navigator.onLine) {
      link = 'offline';
      await look();
      return;
    }
    const also = asked;
    asked = [];
    sending = true;
    paintPill();
    link = await m.outbox.flush(t.save, also, token, heard);
    sending = false;
    if (link !== 'done') asked = codes;
    if (link === 'signed-out') notice(t.tSignin);
    const here = await look();
    const lost = here.filter(function (e) { return e.state === 'late'; });
    if (lost.length) await close(lost);
    else if (moved) await anew();
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
  const askAround = function () { // send, and hear what changed on other devices
    asked = codes;
    return flush();
  };

  // ---- what the judge does

  const goTo = function (row) {
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    (one('input:checked', row) || one('input', row)).focus({ preventScroll: true });
  };
  sheet.addEventListener('input', function (event) {
    const row = event.target.closest('.mark');
    if (row && event.target.type === 'text' && !row.dataset.basis) row.dataset.basis = JSON.stringify(keys(row));
    paint();
  });
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
    a.addEventListener('click', async function (event) {
      if (link !== 'offline') return;
      event.preventDefault();
      await running;
      const isKept = window.caches && navigator.serviceWorker.controller && await window.caches.match(a.pathname, { ignoreVary: true });
      if (isKept) {
        window.location.assign(a.href);
        return;
      }
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
      await askAround();
      if (open().length) goTo(open()[0]);
      else if (waiting.length || link !== 'done') notice(t.tUnsent);
      else if (review.showModal) review.showModal();
      else form.submit();
    });
    one('[data-close]', review).addEventListener('click', function () { review.close(); });
    one('#submit-now').addEventListener('click', function (event) {
      const asked = one('[data-signature-needed]', review);
      if (asked && !many('input', asked).some(function (field) { return field.value; })) {
        one('[data-signature-missing]', asked).hidden = false;
        asked.scrollIntoView({ block: 'nearest' });
        return;
      }
      event.target.disabled = true;
      form.submit();
    });
  }

  window.addEventListener('online', function () {
    notice('');
    askAround();
  });
  window.addEventListener('offline', flush);
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState === 'visible') askAround();
  });
  window.addEventListener('beforeunload', function (event) {
    if (m.store.isFragile() && waiting.length) event.preventDefault();
  });
  window.setInterval(function () {
    if (waiting.length || elsewhere || link === 'offline') flush();
  }, RETRY);
  window.setInterval(askAround, LOOK_AGAIN);

  const stand = async function () { // the newer of what the page says and what this device heard
    const kept = await m.outbox.state(page);
    const shown = Number(version.value);
    if (kept && kept.version > shown && kept.status === t.status) {
      learn(Object.assign({ whole: true }, kept), []);
      notice('');
      return;
    }
    const marks = {};
    rows.forEach(function (row) {
      marks[row.dataset.aspect] = { raw: row.dataset.raw, points: row.dataset.points, heads: heads(row), contested: Boolean(row.dataset.contested) };
    });
    await m.outbox.learn(page, { status: t.status, version: shown, whole: true, marks: marks });
  };
  const start = async function () {
    const here = one('.rail [aria-current]');
    if (here && one('.rail ol').scrollWidth > one('.rail ol').clientWidth) one('.rail ol').scrollLeft = here.offsetLeft - 60;
    await m.claimed;
    await stand();
    const entries = await look();
    entries.forEach(function (entry) {
      const row = rowOf(entry);
      if (row && t.status === 'open' && entry.state !== 'late') fill(row, entry.next === undefined ? entry.raw : entry.next);
    });
    paint();
    const lost = entries.filter(function (e) { return e.state === 'late' || t.status !== 'open'; });
    if (m.store.isFragile()) notice(t.tFragile);
    if (lost.length) await close(lost);
    await askAround();
    if (review && 'again' in review.dataset && review.showModal && !open().length) review.showModal(); // the signature was refused
  };
  start();
})();
