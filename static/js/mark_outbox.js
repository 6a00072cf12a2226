/* Marks the server has not confirmed yet, kept in IndexedDB until it has: one entry per aspect.

   An entry that was sent keeps its op id and value until it is answered, because the answer may
   have been lost on the way back; what the judge enters meanwhile waits in `next`. So the same op
   is only ever sent with the same value, and the server can answer a repeated one like the first.

   entry: page, url, aspect, code, raw, seen, op, tried, next,
          state ("waiting" | "conflict" | "refused"), theirs, message */
(function () {
  'use strict';
  const TIMEOUT = 15000;
  const store = window.idbKeyval.createStore('eventsys-marks', 'outbox');
  const memory = new Map();
  let fragile = false; // true when this browser has no storage: entries then live with the page

  const uuid = function () {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    const b = window.crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, function (n) { return n.toString(16).padStart(2, '0'); }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const keyOf = function (entry) { return entry.page + '#' + entry.aspect; };

  // Replace one entry by what edit(entry) gives, or delete it when that is nothing: one transaction.
  const change = async function (key, edit) {
    try {
      return await store('readwrite', function (entries) {
        return new Promise(function (resolve, reject) {
          let made;
          const asked = entries.get(key);
          asked.onsuccess = function () {
            made = edit(asked.result);
            if (made) entries.put(made, key);
            else entries.delete(key);
          };
          entries.transaction.oncomplete = function () { resolve(made); };
          entries.transaction.onabort = function () { reject(entries.transaction.error); };
        });
      });
    } catch (failure) {
      fragile = true;
      const made = edit(memory.get(key));
      if (made) memory.set(key, made);
      else memory.delete(key);
      return made;
    }
  };

  const all = async function () {
    let kept = [];
    try {
      kept = await window.idbKeyval.values(store);
    } catch (failure) {
      fragile = true;
    }
    return kept.concat(Array.from(memory.values()));
  };

  const put = function (mark) {
    return change(keyOf(mark), function (old) {
      if (old && old.tried && old.state === 'waiting') return Object.assign({}, old, { next: mark.raw });
      return Object.assign({ op: uuid(), tried: false, state: 'waiting' }, mark);
    });
  };
  const drop = function (entry) { return change(keyOf(entry), function () { return null; }); };

  const post = async function (entry, token) {
    const patience = new AbortController();
    const timer = window.setTimeout(function () { patience.abort(); }, TIMEOUT);
    try {
      const answer = await fetch(entry.url, {
        method: 'POST',
        redirect: 'manual', // a redirect is the sign-in page, not an answer
        signal: patience.signal,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
        body: JSON.stringify({ op: entry.op, aspect: entry.aspect, raw: entry.raw, seen: entry.seen }),
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
  const settled = function (entry, answer) {
    const body = answer.body;
    return change(keyOf(entry), function (now) {
      if (!now || now.op !== entry.op) return now;
      const wanted = now.next === undefined ? now.raw : now.next;
      const fresh = { op: uuid(), tried: false, raw: wanted, next: undefined };
      if (answer.status === 200) return now.next === undefined ? null : Object.assign({}, now, fresh, { seen: body.version });
      if (answer.status === 409 && window.marking.same(body.raw, wanted)) return null; // both devices say the same
      if (answer.status === 409) return Object.assign({}, now, fresh, { state: 'conflict', theirs: String(body.raw === null ? '' : body.raw), seen: body.version, message: body.message });
      return now.next === undefined ? Object.assign({}, now, { state: 'refused', message: body.message }) : Object.assign({}, now, fresh);
    });
  };

  const SETTLING = [200, 409, 422];

  /* Send the waiting entries of these pages, one after the other. heard(entry, answer) is told of
     every answer. Gives "done", "offline", "signed-out" or "locked". */
  const flush = async function (pages, token, heard) {
    const queue = (await all()).filter(function (e) { return e.state === 'waiting' && pages.includes(e.page); });
    for (const waiting of queue) {
      const entry = await change(keyOf(waiting), function (now) { return now && Object.assign({}, now, { tried: true }); });
      if (!entry || entry.state !== 'waiting') continue;
      let answer;
      try {
        answer = await post(entry, token);
      } catch (failure) {
        return 'offline';
      }
      if ([400, 401, 403].includes(answer.status)) return 'signed-out';
      if (answer.status === 423 && entry.page === window.location.pathname) {
        heard(entry, answer);
        return 'locked';
      }
      if (!SETTLING.includes(answer.status) && answer.status !== 423) return 'offline'; // the server is in trouble
      heard(entry, answer); // first: a tap before the entry is gone must carry the new version
      const rest = answer.status === 423 ? null : await settled(entry, answer);
      if (rest && rest.state === 'waiting') queue.push(rest); // what was entered meanwhile
    }
    return 'done';
  };

  window.marking.outbox = { all: all, put: put, drop: drop, flush: flush, isFragile: function () { return fragile; } };
})();
