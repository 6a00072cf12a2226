/* Judges' sheets without a connection. Pages come from the network when it answers in time, else as
   they were kept; files carry a checksum in their address and come from the cache. Everything else
   passes by untouched. Whoever signs out or in takes the kept pages away. */
'use strict';
const PAGES = 'eventsys-pages';
const FILES = 'eventsys-files';
const PATIENCE = 4000;
const ROOT = new URL(self.registration.scope).pathname.replace(/\/$/, '');
const SHEET = /^\/judging\/\d+\/[^/]+$/;
const TRACK = /^\/judging\/\d+$/;
const LIST = '/judging';

const purge = function () { return caches.delete(PAGES); };
const wait = function (time) { return new Promise(function (resolve) { setTimeout(resolve, time); }); };

const kept = async function (path) {
  const cache = await caches.open(PAGES);
  const exact = await cache.match(path, { ignoreSearch: true, ignoreVary: true });
  if (exact || SHEET.test(path.slice(ROOT.length))) return exact;
  const prefix = TRACK.test(path.slice(ROOT.length)) ? path + '/' : ROOT + LIST + '/';
  const first = (await cache.keys()).find(function (one) { return new URL(one.url).pathname.startsWith(prefix); });
  return first ? Response.redirect(first.url) : undefined;
};
const remember = async function (path, answer) {
  if (answer.ok && answer.type === 'basic') return (await caches.open(PAGES)).put(path, answer);
  if (answer.type === 'opaqueredirect' && SHEET.test(path.slice(ROOT.length))) return purge(); // signed out elsewhere
  if ([403, 404].includes(answer.status)) return (await caches.open(PAGES)).delete(path);
  return undefined;
};
const sheet = async function (event, path) {
  const asked = fetch(event.request);
  event.waitUntil(asked.then(function (answer) { return remember(path, answer.clone()); }).catch(function () {}));
  const answered = asked.then(function (answer) { return answer.status >= 500 ? undefined : answer; }).catch(function () { return undefined; });
  const first = await Promise.race([answered, wait(PATIENCE)]);
  return first || (await kept(path)) || asked;
};
const file = async function (request) {
  const found = await caches.match(request, { cacheName: FILES, ignoreVary: true });
  return found || fetch(request).catch(async function (failure) {
    const older = await caches.match(request, { cacheName: FILES, ignoreSearch: true, ignoreVary: true });
    if (older) return older;
    throw failure;
  });
};

self.addEventListener('install', function () { self.skipWaiting(); });
self.addEventListener('activate', function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener('fetch', function (event) {
  const request = event.request;
  const address = new URL(request.url);
  const path = address.pathname;
  const own = path.slice(ROOT.length);
  if (address.origin !== self.location.origin) return;
  if (request.method === 'POST' && ['/account/sign-out', '/account/sign-in'].includes(own)) event.waitUntil(purge());
  if (request.method !== 'GET') return;
  if (own.startsWith('/static/')) event.respondWith(file(request));
  else if (request.mode === 'navigate' && (SHEET.test(own) || TRACK.test(own) || own === LIST)) event.respondWith(sheet(event, path));
});
