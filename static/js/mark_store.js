/* What a judge's device keeps: marks that wait, and the marks the server has confirmed. Each record
   belongs to one judge (owner) and is encrypted by a key that never leaves this browser; another
   judge's records are neither read nor touched. Over plain http there is no encryption: then the
   records are kept as they are, and the page says so. */
(function () {
  'use strict';
  const DAY = 24 * 3600 * 1000;
  const LOCK = 'eventsys-marks';
  const idb = window.idbKeyval;
  const subtle = window.isSecureContext && window.crypto ? window.crypto.subtle : undefined;
  const stores = {
    waiting: idb.createStore('eventsys-marks', 'outbox'),
    states: idb.createStore('eventsys-states', 'states'),
    keys: idb.createStore('eventsys-keys', 'keys'),
  };
  const memory = { waiting: new Map(), states: new Map() };
  let fragile = false; // true when this browser has no storage: records then live with the page
  let key;
  let last = Promise.resolve();

  // One after the other, also between two tabs where the browser can.
  const alone = function (work) {
    const guarded = function () {
      return navigator.locks ? navigator.locks.request(LOCK, work) : work();
    };
    last = last.then(guarded, guarded);
    return last;
  };

  const secret = async function () {
    if (!key) key = await idb.get('marks', stores.keys);
    if (!key) {
      const made = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
      await idb.update('marks', function (old) { return old || made; }, stores.keys); // another tab's counts
      key = await idb.get('marks', stores.keys);
    }
    return key;
  };
  const seal = async function (owner, value) {
    if (!subtle) return { owner: owner, plain: value };
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return { owner: owner, iv: iv, data: await subtle.encrypt({ name: 'AES-GCM', iv: iv }, await secret(), bytes) };
  };
  const unseal = async function (record) {
    if (!record) return undefined;
    if (!record.data) return record.plain;
    if (!subtle) return undefined;
    try {
      const bytes = await subtle.decrypt({ name: 'AES-GCM', iv: record.iv }, await secret(), record.data);
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch (failure) {
      return undefined; // the key is gone: nobody can read it any more
    }
  };

  // The records of one judge in one place. Without storage they live with the page.
  const place = function (name, owner) {
    const path = function (id) { return owner + '#' + id; };
    const own = memory[name];
    const attempt = async function (work, instead) {
      try {
        return await work();
      } catch (failure) {
        fragile = true;
        return instead();
      }
    };
    const get = function (id) {
      return attempt(async function () { return unseal(await idb.get(path(id), stores[name])); }, function () { return own.get(path(id)); });
    };
    const put = function (id, value) {
      return attempt(
        async function () { await idb.set(path(id), await seal(owner, value), stores[name]); },
        function () { own.set(path(id), value); }
      );
    };
    const drop = function (id) {
      own.delete(path(id));
      return attempt(function () { return idb.del(path(id), stores[name]); }, function () {});
    };
    const all = function () {
      return attempt(async function () {
        const records = (await idb.values(stores[name])).filter(function (record) { return record && record.owner === owner; });
        return (await Promise.all(records.map(unseal))).filter(Boolean);
      }, function () {
        return Array.from(own.entries()).filter(function (pair) { return pair[0].startsWith(owner + '#'); }).map(function (pair) { return pair[1]; });
      });
    };
    // Replace one record by what edit(record) gives, or delete it when that is nothing.
    const change = function (id, edit) {
      return alone(async function () {
        const made = edit(await get(id));
        if (made) await put(id, made);
        else await drop(id);
        return made;
      });
    };
    return { get: get, all: all, change: change };
  };

  // Nothing confirmed stays: at sign-out, for another judge, a day after the last contact. What
  // still waits stays, readable with this browser's key alone.
  const wipe = async function () {
    try {
      window.localStorage.removeItem('eventsys-kept');
      if (window.caches) await window.caches.delete('eventsys-pages');
      await idb.clear(stores.states);
      if ((await idb.keys(stores.waiting)).length) return;
      await idb.clear(stores.keys);
      key = undefined;
    } catch (failure) {
      fragile = true;
    }
  };
  const claim = async function (owner) { // whose device it is now
    try {
      const before = window.localStorage.getItem('eventsys-owner');
      const contact = Number(window.localStorage.getItem('eventsys-contact'));
      if ((before && before !== owner) || (contact && Date.now() - contact > DAY)) await wipe();
      window.localStorage.setItem('eventsys-owner', owner);
    } catch (failure) {
      fragile = true;
    }
  };
  const met = function () { // the server answered
    try {
      window.localStorage.setItem('eventsys-contact', String(Date.now()));
    } catch (failure) {
      fragile = true;
    }
  };

  window.marking.store = {
    place: place, wipe: wipe, claim: claim, met: met,
    isFragile: function () { return fragile; },
    isSealed: function () { return Boolean(subtle); },
  };
})();
