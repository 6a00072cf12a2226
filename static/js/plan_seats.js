/* The stations of one room on one day: a column for every station, time down the side, and at each
   session's time whoever sits there. A card is an entry in a session; without a station it lies in
   the tray. The server tells the whole picture, which is small, and again after every move. */
(function () {
  'use strict';
  const IN_TRAY = 120; // more are found by searching
  const LEAST = 62; // pixels of the lowest block: number, name and unit
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  const page = one('#plan');
  const words = page.dataset;
  const scroll = one('#plan-scroll');
  const tray = one('#plan-tray');
  const cards = new Map();
  const moved = new Map(); // card id -> {station, because: the card whose move it is}
  const plan = { cards: cards, facts: { stations: [], sessions: [], busy: [] }, mark: '', clashes: {} };
  const view = { search: '', scale: 1.2 };
  const board = { view: view };
  const TRAY = { station: null };

  // ---- who sits where

  plan.learn = function (picture) {
    plan.facts = picture;
    plan.mark = picture.mark;
    cards.clear();
    picture.cards.forEach(function (row) {
      const id = row[0] + '-' + row[1];
      const number = String(row[2]).padStart(3, '0');
      cards.set(id, { id: id, session: row[0], entry: row[1], number: number, label: row[3], unit: row[4], station: row[5], isStale: row[6], name: words.tEntry.replace('{number}', number) });
    });
    plan.clashes = {};
    picture.clashes.forEach(function (clash) {
      clash.cards.forEach(function (id) {
        const mark = plan.clashes[id] || { severity: clash.severity, words: [] };
        plan.clashes[id] = mark;
        if (clash.severity === 'block') mark.severity = 'block';
        mark.words.push(clash.words);
      });
    });
  };
  plan.cardOf = function (b) { return cards.get(b.dataset.card); };
  plan.session = function (card) { return plan.facts.sessions.find(function (held) { return held.id === card.session; }); };
  plan.station = function (id) { return plan.facts.stations.find(function (station) { return station.id === id; }); };
  plan.where = function (card) { return moved.get(card.id) || { station: card.station }; };
  plan.same = function (here, there) { return here.station === there.station; };
  plan.isTray = function (where) { return where.station === null; };
  plan.isMoved = function (id) { return moved.has(id); };
  plan.sitter = function (session, station) {
    return Array.from(cards.values()).find(function (card) { return card.session === session && plan.where(card).station === station; });
  };
  plan.lay = function (id, where) { // whoever sits there changes places with the mover
    const card = cards.get(id);
    const other = card && !plan.isTray(where) ? plan.sitter(card.session, where.station) : null;
    if (other) moved.set(other.id, { station: plan.where(card).station, because: id });
    moved.set(id, { station: where.station, because: id });
  };
  plan.unlay = function (id) {
    moved.forEach(function (where, key) { if (where.because === id) moved.delete(key); });
  };

  // ---- words

  const two = function (n) { return String(n).padStart(2, '0'); };
  const clock = function (at) { return two(Math.floor((at % 1440) / 60)) + ':' + two(at % 60); };
  plan.say = function (text, parts) {
    return Object.keys(parts).reduce(function (said, key) { return said.split('{' + key + '}').join(parts[key]); }, text);
  };
  plan.span = function (held) { return clock(held.at) + '–' + clock(held.at + held.minutes); };
  plan.label = function (where) { // "station 03"
    const station = plan.station(where.station);
    return station ? plan.say(words.tStation, { label: station.label }) : words.tTray;
  };

  // ---- drawing

  const made = function (tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    if (text) element.textContent = text;
    return element;
  };
  board.icon = function (name) {
    const drawing = one('#plan-icon').content.firstElementChild.cloneNode(true);
    const use = one('use', drawing);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#' + name));
    return drawing;
  };
  board.markOf = function (card) { return plan.clashes[card.id]; };
  board.block = function (id) { return one('.plan-block[data-card="' + id + '"]'); };
  const block = function (card, isTray) {
    const held = plan.session(card);
    const mark = board.markOf(card);
    const b = made('button', 'plan-block tone-' + held.tone);
    b.type = 'button';
    b.dataset.card = card.id;
    b.tabIndex = -1;
    if (mark) {
      const flag = made('span', 'plan-flag is-' + mark.severity);
      flag.append(board.icon(mark.severity === 'block' ? 'circle-x' : 'triangle-alert'), made('span', '', plan.say(mark.severity === 'block' ? words.tClashes : words.tWarnings, { n: mark.words.length })));
      b.append(flag);
    }
    b.append(made('b', '', card.number + ' ' + card.label), made('span', 'plan-size', card.isStale ? words.tStale : card.unit));
    if (isTray) b.append(made('span', 'plan-when', held.name + ' ' + plan.span(held)));
    else b.append(made('span', 'hush', plan.label(plan.where(card)) + words.tSep + held.name));
    if (plan.isMoved(card.id)) {
      b.classList.add('plan-sending');
      b.append(made('span', 'hush', words.tSending));
    }
    return b;
  };
  const put = function (element, at, minutes) {
    element.style.top = (at - board.from) * view.scale + 'px';
    element.style.height = Math.max(LEAST, minutes * view.scale - 2) + 'px';
  };
  const hours = function () {
    const times = plan.facts.sessions.concat(plan.facts.busy);
    if (!times.length) return [8 * 60, 18 * 60];
    const from = Math.min.apply(null, times.map(function (one) { return one.at; }));
    const to = Math.max.apply(null, times.map(function (one) { return one.at + one.minutes; }));
    return [Math.floor(from / 60) * 60, Math.ceil(to / 60) * 60 + 30];
  };
  const gutter = function (from, to) {
    const side = made('div', 'plan-gutter');
    const marks = made('div', 'plan-hours');
    marks.style.height = (to - from) * view.scale + 'px';
    for (let at = from; at < to; at += 60) {
      const hour = made('span', '', clock(at));
      hour.style.top = (at - from) * view.scale + 'px';
      marks.append(hour);
    }
    plan.facts.sessions.forEach(function (held) {
      const name = made('div', 'plan-turn');
      name.append(made('b', '', held.name), made('small', '', plan.span(held)), made('small', '', held.track));
      put(name, held.at, held.minutes);
      marks.append(name);
    });
    plan.facts.busy.forEach(function (busy) {
      const taken = made('div', 'plan-turn plan-busy', busy.what);
      put(taken, busy.at, busy.minutes);
      marks.append(taken);
    });
    side.append(made('div', 'plan-corner'), marks);
    return side;
  };
  const lane = function (station, from, to) {
    const strip = made('div', 'plan-lane');
    const free = { ok: words.tFree, spare: words.tSpare, faulty: words.tFaulty }[station.state];
    strip.dataset.station = station.id;
    strip.style.height = (to - from) * view.scale + 'px';
    plan.facts.sessions.forEach(function (held) {
      const card = plan.sitter(held.id, station.id);
      const b = card ? block(card) : made('div', 'plan-place plan-' + station.state, free);
      put(b, held.at, held.minutes);
      strip.append(b);
    });
    plan.facts.busy.forEach(function (busy) {
      const taken = made('div', 'plan-busy');
      put(taken, busy.at, busy.minutes);
      strip.append(taken);
    });
    return strip;
  };
  const rove = function (root) { // one stop for the tab key in each of the two places
    const blocks = many('.plan-block', root);
    const chosen = blocks.find(function (b) { return b.dataset.card === board.chosen; }) || blocks[0];
    if (chosen) chosen.tabIndex = 0;
  };
  board.draw = function () {
    const active = document.activeElement;
    const focused = active && active.dataset ? active.dataset.card : '';
    const sides = [scroll.scrollLeft, scroll.scrollTop];
    const span = hours();
    const shortest = Math.min.apply(null, plan.facts.sessions.map(function (held) { return held.minutes; }).concat(120));
    view.scale = Math.max(0.7, Math.min(2.4, (LEAST + 4) / shortest));
    board.from = span[0];
    scroll.textContent = '';
    scroll.style.setProperty('--hour', 60 * view.scale + 'px');
    scroll.append(gutter(span[0], span[1]));
    plan.facts.stations.forEach(function (station) {
      const column = made('section', 'plan-col');
      const head = made('h3', station.state === 'ok' ? '' : 'plan-' + station.state, station.label);
      const notes = [station.vendor, station.state === 'spare' ? words.tSpare : '', station.state === 'faulty' ? words.tFaulty : ''];
      head.id = 'station-' + station.id;
      head.append(made('small', '', notes.filter(Boolean).join(' · ')));
      column.setAttribute('aria-labelledby', head.id);
      column.append(head, lane(station, span[0], span[1]));
      scroll.append(column);
    });
    scroll.scrollLeft = sides[0];
    scroll.scrollTop = sides[1];
    board.drawTray();
    rove(scroll);
    if (focused && board.block(focused)) board.block(focused).focus({ preventScroll: true });
  };
  board.drawTray = function () {
    const all = Array.from(cards.values()).filter(function (card) { return plan.isTray(plan.where(card)); });
    const found = all.filter(function (card) { return !view.search || (card.number + ' ' + card.label + ' ' + card.unit + ' ' + plan.session(card).name).toLowerCase().includes(view.search); });
    const list = one('#plan-tray-list');
    list.textContent = '';
    found.slice(0, IN_TRAY).forEach(function (card) { list.append(block(card, true)); });
    one('#plan-tray-count').textContent = all.length;
    one('#plan-tray-more').hidden = found.length <= IN_TRAY;
    one('#plan-tray-none').hidden = all.length > 0;
    rove(tray);
  };
  board.lane = function (station) { return one('.plan-lane[data-station="' + station + '"]', scroll); };
  board.land = function (card, where, state, text) { // the outline of where it would sit
    const old = one('.plan-landing');
    if (old) old.remove();
    tray.classList.toggle('plan-open', Boolean(where) && plan.isTray(where));
    const strip = where && !plan.isTray(where) ? board.lane(where.station) : null;
    if (!strip) return;
    const held = plan.session(card);
    const landing = made('div', 'plan-landing is-' + state);
    const icons = { wait: 'clock', ok: 'check', note: 'check', warn: 'triangle-alert', block: 'circle-x' };
    const line = made('span', 'plan-flag');
    line.append(board.icon(icons[state]), made('b', '', card.number));
    landing.append(line, made('span', '', text || ''));
    put(landing, held.at, held.minutes);
    strip.append(landing);
  };
  board.show = function (where) { // scroll a station into sight
    const strip = plan.isTray(where) ? null : board.lane(where.station);
    if (!strip) return;
    const side = one('.plan-gutter', scroll).offsetWidth + 8;
    if (strip.offsetLeft - side < scroll.scrollLeft) scroll.scrollLeft = strip.offsetLeft - side;
    else if (strip.offsetLeft + strip.offsetWidth > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = strip.offsetLeft + strip.offsetWidth - scroll.clientWidth;
  };

  // ---- the ground: what a point and a key mean here, and what the server is asked and told

  const ground = { tray: TRAY };
  ground.under = function (x, y) {
    const inside = function (rect) { return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom; };
    if (inside(tray.getBoundingClientRect())) return TRAY;
    if (!inside(scroll.getBoundingClientRect())) return null;
    const strip = many('.plan-lane', scroll).find(function (candidate) {
      const rect = candidate.getBoundingClientRect();
      return x >= rect.left && x < rect.right;
    });
    return strip ? { station: Number(strip.dataset.station) } : null;
  };
  ground.grip = function () { return 0; };
  ground.overDay = function () {};
  ground.carry = function (key) {
    const stations = plan.facts.stations;
    const n = stations.findIndex(function (station) { return station.id === plan.hold.to.station; });
    const ways = { ArrowLeft: Math.max(0, n - 1), ArrowRight: Math.min(stations.length - 1, n + 1), Home: 0, End: stations.length - 1 };
    if (key === 'Delete') return TRAY;
    return ways[key] === undefined || !stations.length ? undefined : { station: stations[ways[key]].id };
  };
  ground.inTheWay = function (card, where) {
    return plan.station(where.station).state === 'faulty' ? [words.tFaulty] : [];
  };
  ground.check = function (card, where) { return words.check.replace('/0/', '/' + card.session + '/') + '?entry=' + card.entry + '&station=' + where.station; };
  ground.send = function (card, from, where) {
    plan.outbox.put(words.move.replace('/0/', '/' + card.session + '/') + '?day=' + words.day, { entry: card.entry, seen: from.station, to: where.station }, card.id);
  };

  plan.board = board;
  plan.ground = ground;
  window.plan = plan;
})();
