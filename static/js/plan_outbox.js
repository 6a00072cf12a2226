/* Moves on their way to the server: one after the other, each under a name of its own (op), so that
   one that is sent twice is made once. They are kept in the tab until they are answered; without a
   connection they are tried again, and a reload goes on where it stopped.

   entry: op, url, body, item (null for undo), agreed */
(function () {
  'use strict';
  const TIMEOUT = 15000;
  const AGAIN = [2000, 4000, 8000, 15000];
  const page = document.querySelector('#plan');
  const place = 'plan:' + page.dataset.event + ':' + page.dataset.owner;
  let entries = [];
  let isRunning = false;
  let failures = 0;
  let timer = 0;

  const uuid = function () {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), function (n) { return n.toString(16).padStart(2, '0'); }).join('');
  };
  const keep = function () {
    try {
      if (entries.length) window.sessionStorage.setItem(place, JSON.stringify(entries));
      else window.sessionStorage.removeItem(place);
    } catch (full) { /* the moves stay in memory; leaving the page asks first */ }
  };
  const kept = function () {
    try {
      return JSON.parse(window.sessionStorage.getItem(place) || '[]');
    } catch (unreadable) {
      return [];
    }
  };

  const ask = async function (url, body) {
    const patience = new AbortController();
    const watch = window.setTimeout(function () { patience.abort(); }, TIMEOUT);
    const token = document.querySelector('meta[name=csrf-token]').content;
    try {
      const answer = await fetch(url, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual', // a redirect is the sign-in page, not an answer
        signal: patience.signal,
        headers: Object.assign({ Accept: 'application/json' }, body ? { 'Content-Type': 'application/json', 'X-CSRFToken': token } : {}),
        body: body ? JSON.stringify(body) : undefined,
      });
      if (answer.type === 'opaqueredirect') return { status: 401, body: {} };
      const isJson = (answer.headers.get('Content-Type') || '').includes('json');
      if (answer.ok && !isJson) throw new Error('not our server'); // the log-on page of a guest network
      return { status: answer.status, body: isJson ? await answer.json() : {} };
    } finally {
      window.clearTimeout(watch);
    }
  };

  const outbox = { waiting: function () { return entries; }, link: 'ok', hears: {}, ask: ask };
  const show = function (link) {
    outbox.link = link;
    outbox.hears.link();
  };
  const later = function () {
    show('offline');
    window.clearTimeout(timer);
    timer = window.setTimeout(outbox.run, AGAIN[Math.min(failures, AGAIN.length - 1)]);
    failures += 1;
  };
  const drop = function (entry) {
    entries = entries.filter(function (one) { return one !== entry; });
    keep();
  };
  const send = async function (entry) { // false: try again later
    let answer;
    try {
      answer = await ask(entry.url, Object.assign({ op: entry.op, agreed: entry.agreed || [] }, entry.body));
    } catch (failure) {
      later();
      return false;
    }
    if (answer.status >= 500 || answer.status === 429) {
      later();
      return false;
    }
    if (answer.status === 400 || answer.status === 401) {
      show('signed-out');
      return false;
    }
    failures = 0;
    show('ok');
    if (answer.status === 200) {
      drop(entry);
      outbox.hears.done(entry, answer.body);
    } else if (answer.body.keys && await outbox.hears.consent(entry, answer.body)) {
      entry.agreed = answer.body.keys;
      keep();
    } else {
      drop(entry);
      entries.filter(function (one) { return entry.item && one.item === entry.item; }).forEach(drop); // built on this one
      outbox.hears.refused(entry, answer);
    }
    return true;
  };
  outbox.run = async function () {
    if (isRunning) return;
    isRunning = true;
    window.clearTimeout(timer);
    while (entries.length && await send(entries[0]));
    isRunning = false;
    outbox.hears.link();
  };
  outbox.put = function (url, body, item) {
    entries.push({ op: uuid(), url: url, body: body, item: item });
    keep();
    outbox.hears.link();
    outbox.run();
  };
  outbox.resume = function () {
    entries = kept();
    return entries;
  };

  window.addEventListener('online', outbox.run);
  window.addEventListener('beforeunload', function (event) {
    if (entries.length) event.preventDefault();
  });
  window.plan.outbox = outbox;
})();
