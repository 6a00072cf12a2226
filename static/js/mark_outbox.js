/* Marks the server has not confirmed yet: one entry per aspect, each an operation that names the
   operations the judge had before their eyes (seen). The server never lets one overwrite what it
   had not seen, so the order of arrival and this device's clock play no part.

   An entry that was sent keeps its op, value and seen until it is answered, because the answer may
   have been lost on the way back; what the judge enters meanwhile waits in `next` and will have
   seen this one. So the same op is only ever sent with the same body.

   entry: page, url, code, aspect, label, raw, seen, op, tried, next,
          state ("waiting" | "refused" | "late"), message */
(function () {
  'use strict';
  const TIMEOUT = 15000;
  const MOST = 200;
  const owner = document.querySelector('[data-owner]').dataset.owner;
  const box = window.marking.store.place('waiting', owner);
  const states = window.marking.store.place('states', owner);

  window.marking.claimed = window.marking.store.claim(owner);

  const uuid = function () {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    const b = window.crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, function (n) { return n.toString(16).padStart(2, '0'); }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const idOf = function (entry) { return entry.page + '#' + entry.aspect; };
  const fresh = function (entry, raw, seen) {
    return Object.assign({}, entry, { op: uuid(), tried: false, state: 'waiting', raw: raw, seen: seen, next: undefined, message: undefined });
  };

  const put = function (mark) {
    return box.change(idOf(mark), function (old) {
      const isSent = old && old.state === 'waiting' && old.tried;
      if (isSent) return Object.assign({}, old, { next: mark.raw });
      // what waited unsent was entered on the same sight: it goes, its sight stays
      return fresh(mark, mark.raw, old && old.state === 'waiting' ? old.seen : mark.seen);
    });
  };
  const drop = function (entry) { return box.change(idOf(entry), function () { return null; }); };

  const post = async function (url, body, token) {
    const patience = new AbortController();
    const timer = window.setTimeout(function () { patience.abort(); }, TIMEOUT);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual', // a redirect is the sign-in page, not an answer
        signal: patience.signal,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
        body: JSON.stringify(body),
      });
      const isJson = (answer.headers.get('Content-Type') || '').includes('json');
      if (answer.type === 'opaqueredirect') return { status: 401, body: {} };
      if (answer.ok && !isJson) throw new Error('not our server'); // the log-on page of a guest network
      return { status: answer.status, body: isJson ? await answer.json() : {} };
    } finally {
      window.clearTimeout(timer);
    }
  };

  // What an answer makes of the entry it answers. The entry may have a next value by now.
  const settle = function (entry, answer) {
    return box.change(idOf(entry), function (now) {
      if (!now || now.op !== entry.op) return now;
      const hasNext = now.next !== undefined;
      if (answer.result === 'refused') return hasNext ? fresh(now, now.next, now.seen) : Object.assign({}, now, { state: 'refused', message: answer.message });
      if (hasNext) return fresh(now, now.next, [now.op]); // goes as well, if only as evidence
      return answer.result === 'late' ? Object.assign({}, now, { state: 'late', message: answer.message }) : null; // else applied, contested or known
    });
  };

  // What the server says about a sheet; an answer that comes late never takes a newer one back.
  const learn = function (page, told) {
    return states.change(page, function (old) {
      const before = old && !told.whole ? old.marks : {};
      if (old && old.version > told.version) return old;
      return { page: page, status: told.status, version: told.version, marks: Object.assign({}, before, told.marks) };
    });
  };

  /* Send what waits for one address, at most MOST at a time, and hear about changes on the sheets
     the page asks about. known: versions by code. heard(page, told, ops) is told of every sheet that
     changed, before the answered entries go: a tap after that has seen what is told. Gives "done", "offline", "signed-out" or "gone". */
  const exchange = async function (url, waiting, known, token, heard) {
    const sent = [];
    for (const entry of waiting) {
      const now = await box.change(idOf(entry), function (one) { return one && Object.assign({}, one, { tried: true }); });
      if (now && now.state === 'waiting') sent.push(now);
    }
    const ops = sent.map(function (e) { return { op: e.op, code: e.code, aspect: String(e.aspect), raw: e.raw, seen: e.seen }; });
    let answer;
    try {
      answer = await post(url, { ops: ops, known: known }, token);
    } catch (failure) {
      return 'offline';
    }
    if ([400, 401].includes(answer.status)) return 'signed-out';
    if ([403, 404].includes(answer.status)) return 'gone';
    if (answer.status === 422) answer.body = { answers: sent.map(function (e) { return { op: e.op, result: 'refused', message: answer.body.message }; }), sheets: {} };
    else if (answer.status !== 200) return 'offline'; // the server is in trouble
    window.marking.store.met();
    const base = url.replace(/marks$/, '');
    for (const code of Object.keys(answer.body.sheets)) {
      const page = base + encodeURIComponent(code);
      await learn(page, answer.body.sheets[code]);
      heard(page, answer.body.sheets[code], ops.map(function (one) { return one.op; }));
    }
    for (const entry of sent) {
      const told = answer.body.answers.find(function (one) { return one.op === entry.op; });
      if (!told) return 'offline'; // not an answer of ours: asked again later
      await settle(entry, told);
    }
    return 'done';
  };

  const versionsOf = async function (codes, url) {
    const kept = await states.all();
    const base = url.replace(/marks$/, '');
    return codes.reduce(function (known, code) {
      const state = kept.find(function (one) { return one.page === base + encodeURIComponent(code); });
      known[code] = state ? state.version : 0;
      return known;
    }, {});
  };

  /* Send everything of this judge that waits, this page's address first, then every other; with
     `also`, the codes of this page's address, hear what changed elsewhere. What was entered meanwhile
     goes as well. A panel that is no longer this judge's holds nothing of the others back. */
  const flush = async function (url, also, token, heard) {
    const closed = [];
    let asked = also;
    for (;;) {
      const waiting = (await box.all()).filter(function (e) { return e.state === 'waiting' && !closed.includes(e.url); });
      const address = (waiting.find(function (e) { return e.url === url; }) || waiting[0] || { url: url }).url;
      const batch = waiting.filter(function (e) { return e.url === address; }).slice(0, MOST);
      if (!batch.length && !asked.length) return 'done';
      const codes = Array.from(new Set(batch.map(function (e) { return e.code; }).concat(address === url ? asked : [])));
      const outcome = await exchange(address, batch, await versionsOf(codes, address), token, heard);
      if (outcome === 'gone' && address !== url) closed.push(address);
      else if (outcome !== 'done') return outcome;
      if (address === url) asked = [];
    }
  };

  window.marking.outbox = { all: box.all, put: put, drop: drop, flush: flush, learn: learn, state: states.get };
})();
