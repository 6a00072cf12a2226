/* Keeps the judge's sheets on the device, so that they open without a connection, and lets nobody
   else see them: they go at sign-out and when another judge signs in. */
(function () {
  'use strict';
  const PAUSE = 250; // between two pages, so that fifty tablets do not ask at the same moment
  const m = window.marking;
  const main = document.querySelector('main[data-owner]');
  const line = document.querySelector('#kept');
  const stops = Array.from(document.querySelectorAll('.rail a'));
  const isAble = window.isSecureContext && 'serviceWorker' in navigator && window.caches;
  const words = function (text, facts) { return text.replace(/\{(\w+)\}/g, function (_, name) { return facts[name]; }); };
  const wait = function (time) { return new Promise(function (resolve) { window.setTimeout(resolve, time); }); };

  const files = function () {
    const addresses = Array.from(document.querySelectorAll('script[src], link[rel=stylesheet], link[rel=icon], img[src]')).map(function (one) { return one.src || one.href; });
    const icon = document.querySelector('use');
    if (icon) addresses.push(new URL(icon.getAttribute('href').replace(/#.*/, ''), window.location.href).href);
    return Array.from(new Set(addresses)).filter(function (one) { return new URL(one).origin === window.location.origin; });
  };
  const keepFiles = async function () { // files carry a checksum in their address: kept once
    const cache = await window.caches.open('eventsys-files');
    for (const address of files()) if (!(await cache.match(address))) await cache.add(address);
    const kept = await cache.keys();
    const stale = kept.filter(function (one) { return !files().includes(one.url); });
    if (kept.length > 200) await Promise.all(stale.map(function (one) { return cache.delete(one); }));
  };
  const build = function () { return files().join(' ') + ' ' + document.documentElement.lang; };
  const kept = function () { return JSON.parse(window.localStorage.getItem('eventsys-kept') || '{}'); };

  const keepPages = async function () {
    const cache = await window.caches.open('eventsys-pages');
    let n = 0;
    for (const stop of stops) {
      const isDone = stop.pathname === window.location.pathname ? main.dataset.status !== 'open' : stop.className.includes('stop-done');
      const stamp = main.dataset.owner + ' ' + build() + (isDone ? ' done' : ' open');
      const here = kept();
      if (here[stop.pathname] !== stamp || !(await cache.match(stop.pathname, { ignoreVary: true }))) {
        const answer = await fetch(stop.pathname, { redirect: 'manual', headers: { Accept: 'text/html' } });
        if (!answer.ok) throw new Error('not kept');
        await cache.put(stop.pathname, answer);
        window.localStorage.setItem('eventsys-kept', JSON.stringify(Object.assign(kept(), { [stop.pathname]: stamp })));
        await wait(PAUSE);
      }
      n += 1;
      line.textContent = words(main.dataset.tKept, { n: n, all: stops.length });
    }
    document.body.dataset.offline = 'ready';
  };

  // Signing out: confirmed marks and pages go at once; marks that wait are asked about and stay.
  document.querySelectorAll('form[action$="/account/sign-out"]').forEach(function (form) {
    document.addEventListener('marks-waiting', function (event) {
      if (event.detail) form.dataset.confirm = words(main.dataset.tLeave, { n: event.detail });
      else delete form.dataset.confirm;
    });
    form.addEventListener('submit', function () {
      if (!form.dataset.confirm || form.dataset.agreed) m.store.wipe();
    });
  });

  const start = async function () {
    if (!isAble) {
      line.textContent = m.store.isSealed() ? '' : main.dataset.tPlain;
      return;
    }
    await m.claimed;
    await navigator.serviceWorker.register(main.dataset.worker);
    await navigator.serviceWorker.ready;
    await keepFiles();
    await keepPages();
  };
  const again = function () { start().catch(function () { /* offline: what is kept stays; tried again later */ }); };
  window.addEventListener('online', again);
  again();
})();
