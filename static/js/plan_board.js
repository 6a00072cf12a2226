/* The picture of one day: a column for every room, time down the side, cards at their times. */
(function () {
  'use strict';
  const plan = window.plan;
  const LEAST = 26; // pixels of the lowest block: one line can be read and hit
  const IN_TRAY = 120; // more are found by searching
  const one = function (selector, root) { return (root || document).querySelector(selector); };
  const many = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  const page = one('#plan');
  const scroll = one('#plan-scroll');
  const tray = one('#plan-tray');
  const view = { day: Number(page.dataset.day), venue: Number(page.dataset.venue), scale: 1.5, search: '' };
  const board = { view: view };

  const words = page.dataset;
  const made = function (tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    if (text) element.textContent = text;
    return element;
  };
  const icon = function (name) {
    const drawing = one('#plan-icon').content.firstElementChild.cloneNode(true);
    const use = one('use', drawing);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#' + name));
    return drawing;
  };
  board.icon = icon;

  board.columns = function () {
    return plan.facts.columns.filter(function (column) { return !view.venue || column.venue === view.venue; });
  };
  board.hours = function () { // the first and last minute shown, of this day
    const start = view.day * 1440;
    let from = 8 * 60;
    let to = 18 * 60;
    const see = function (at, minutes) {
      if (plan.dayOf(at) !== view.day) return;
      from = Math.min(from, at - start);
      to = Math.max(to, Math.min(1440, at - start + minutes));
    };
    plan.facts.slots.forEach(function (slot) { see(slot.at, slot.minutes); });
    plan.cards.forEach(function (card) {
      const where = plan.where(card);
      if (!plan.isTray(where)) see(where.at, card.minutes);
    });
    return [Math.floor(from / 60) * 60, Math.min(1440, Math.ceil(to / 60) * 60 + 60)];
  };
  const fit = function () { // minutes as high as the shortest card needs to be read
    const lengths = Array.from(plan.cards.values(), function (card) { return card.minutes; });
    const shortest = lengths.length ? Math.min.apply(null, lengths) : 60;
    view.scale = Math.max(0.9, Math.min(2.4, 46 / shortest));
  };

  // ---- blocks

  board.markOf = function (card) { return plan.clashes[card.id]; };
  const hush = function (text) { return made('span', 'hush', text); };
  const block = function (card) {
    const where = plan.where(card);
    const mark = board.markOf(card);
    const isTray = plan.isTray(where);
    const b = made('button', 'plan-block tone-' + plan.facts.tracks[card.track].tone);
    b.type = 'button';
    b.dataset.card = card.id;
    b.tabIndex = -1;
    if (mark) {
      const flag = made('span', 'plan-flag is-' + mark.severity);
      flag.append(icon(mark.severity === 'block' ? 'circle-x' : 'triangle-alert'), made('span', '', plan.say(mark.severity === 'block' ? words.tClashes : words.tWarnings, { n: mark.words.length })));
      b.append(flag);
    }
    b.append(made('b', '', card.name), made('span', 'plan-when', isTray ? plan.say(words.tMinutes, { n: card.minutes }) : plan.span(card, where.at)));
    b.append(made('span', 'plan-track', plan.facts.tracks[card.track].name), made('span', 'plan-size', plan.say(words.tSize, { n: card.size })));
    b.append(hush(isTray ? words.tTray : plan.column(where.room).name));
    if (card.fixed) {
      one('b', b).prepend(icon('lock'));
      b.append(hush(words.tFixed));
    }
    if (plan.isMoved(card.id)) {
      b.classList.add('plan-sending');
      b.append(hush(words.tSending));
    }
    return b;
  };
  const put = function (element, at, minutes, from) {
    element.style.top = (at - view.day * 1440 - from) * view.scale + 'px';
    element.style.height = Math.max(LEAST, minutes * view.scale - 2) + 'px';
  };

  // Cards that overlap share the width: each gets the first strip that is free.
  const strips = function (found) {
    const ends = [];
    let group = [];
    const places = [];
    const close = function () {
      group.forEach(function (place) { place.wide = ends.length; });
      group = [];
      ends.length = 0;
    };
    found.forEach(function (pair) {
      if (ends.every(function (end) { return end <= pair[1]; })) close();
      let n = ends.findIndex(function (end) { return end <= pair[1]; });
      if (n < 0) n = ends.length;
      ends[n] = pair[1] + Math.max(pair[0].minutes, LEAST / view.scale);
      const place = { card: pair[0], at: pair[1], strip: n, wide: 1 };
      group.push(place);
      places.push(place);
    });
    close();
    return places;
  };
  const fill = function (lane, room, from) {
    lane.textContent = '';
    plan.facts.slots.forEach(function (slot) {
      if (plan.dayOf(slot.at) !== view.day) return;
      const band = made('div', 'plan-slot');
      put(band, slot.at, slot.minutes, from);
      lane.append(band);
    });
    plan.facts.busy.forEach(function (busy) {
      if (busy.room !== room || busy.at >= (view.day + 1) * 1440 || busy.at + busy.minutes <= view.day * 1440) return;
      const starts = Math.max(busy.at, view.day * 1440 + from);
      const taken = made('div', 'plan-busy', busy.what);
      put(taken, starts, Math.min(busy.at + busy.minutes, (view.day + 1) * 1440) - starts, from);
      lane.append(taken);
    });
    strips(plan.inColumn(room, view.day)).forEach(function (place) {
      const b = block(place.card);
      put(b, place.at, place.card.minutes, from);
      if (place.wide > 1) {
        b.style.left = 'calc(' + (100 * place.strip) / place.wide + '% + 1px)';
        b.style.width = 'calc(' + 100 / place.wide + '% - 2px)';
      }
      lane.append(b);
    });
  };
  const gutter = function (from, to) {
    const side = made('div', 'plan-gutter');
    side.setAttribute('aria-hidden', 'true');
    const marks = made('div', 'plan-hours');
    marks.style.height = (to - from) * view.scale + 'px';
    for (let at = from; at < to; at += 60) {
      const hour = made('span', '', plan.clock(at));
      hour.style.top = (at - from) * view.scale + 'px';
      marks.append(hour);
    }
    plan.facts.slots.forEach(function (slot) {
      if (plan.dayOf(slot.at) !== view.day || !slot.name) return;
      const name = made('small', '', slot.name);
      name.style.top = (slot.at - view.day * 1440 - from) * view.scale + 16 + 'px';
      marks.append(name);
    });
    side.append(made('div', 'plan-corner'), marks);
    return side;
  };

  // ---- drawing

  const focused = function () {
    const active = document.activeElement;
    return active && active.dataset && active.dataset.card ? Number(active.dataset.card) : 0;
  };
  board.block = function (id) { return one('.plan-block[data-card="' + id + '"]'); };
  const rove = function (root) { // one stop for the tab key in each of the two places
    const blocks = many('.plan-block', root);
    const chosen = blocks.find(function (b) { return Number(b.dataset.card) === board.chosen; }) || blocks[0];
    if (chosen) chosen.tabIndex = 0;
  };
  board.draw = function () {
    const held = focused();
    const hours = board.hours();
    if (!board.isFitted) fit();
    board.isFitted = true;
    scroll.textContent = '';
    scroll.style.setProperty('--hour', 60 * view.scale + 'px');
    scroll.append(gutter(hours[0], hours[1]));
    board.columns().forEach(function (column) {
      const section = made('section', 'plan-col');
      const head = made('h3', '');
      const link = made('a', '', column.name); // to the room's stations
      link.href = words.room.replace('/rooms/0', '/rooms/' + column.id) + '?day=' + view.day;
      head.append(link);
      const lane = made('div', 'plan-lane');
      head.id = 'column-' + column.id;
      head.append(made('small', '', plan.say(words.tColumn, { venue: column.venue_name, n: column.holds })));
      section.setAttribute('aria-labelledby', head.id);
      lane.dataset.room = column.id;
      lane.style.height = (hours[1] - hours[0]) * view.scale + 'px';
      section.append(head, lane);
      fill(lane, column.id, hours[0]);
      scroll.append(section);
    });
    board.from = hours[0];
    board.drawTray();
    rove(scroll);
    if (held && board.block(held)) board.block(held).focus({ preventScroll: true });
  };
  board.drawTray = function () {
    const found = plan.inTray().filter(function (card) {
      return !view.search || (card.name + ' ' + plan.facts.tracks[card.track].name).toLowerCase().includes(view.search);
    });
    const list = one('#plan-tray-list');
    list.textContent = '';
    found.slice(0, IN_TRAY).forEach(function (card) { list.append(block(card)); });
    one('#plan-tray-count').textContent = plan.inTray().length;
    one('#plan-tray-more').hidden = found.length <= IN_TRAY;
    one('#plan-tray-none').hidden = plan.inTray().length > 0;
    rove(tray);
  };

  // ---- places on the screen

  board.at = function (x, y) { // {room, at} under a point; null outside, the tray is {room: null}
    const box = scroll.getBoundingClientRect();
    const inside = function (rect) { return x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom; };
    if (inside(tray.getBoundingClientRect())) return { room: null, at: null };
    if (!inside(box)) return null;
    const lane = many('.plan-lane', scroll).find(function (candidate) {
      const rect = candidate.getBoundingClientRect();
      return x >= rect.left && x < rect.right;
    });
    if (!lane) return null;
    const rect = lane.getBoundingClientRect();
    return { room: Number(lane.dataset.room), at: view.day * 1440 + board.from + (y - rect.top) / view.scale };
  };
  board.lane = function (room) { return one('.plan-lane[data-room="' + room + '"]', scroll); };
  board.land = function (card, where, state, text) { // the outline of where it would lie
    const old = one('.plan-landing');
    if (old) old.remove();
    tray.classList.toggle('plan-open', Boolean(where) && plan.isTray(where));
    if (!where || plan.isTray(where)) return;
    const lane = board.lane(where.room);
    if (!lane) return;
    const landing = made('div', 'plan-landing is-' + state);
    const icons = { wait: 'clock', ok: 'check', note: 'check', warn: 'triangle-alert', block: 'circle-x' };
    const line = made('span', 'plan-flag');
    line.append(icon(icons[state]), made('b', '', plan.span(card, where.at)));
    landing.append(line, made('span', '', text || ''));
    put(landing, where.at, card.minutes, board.from);
    lane.append(landing);
  };
  board.show = function (where) { // scroll a place into sight
    const lane = plan.isTray(where) ? null : board.lane(where.room);
    if (!lane) return;
    const left = lane.offsetLeft;
    const top = (where.at - view.day * 1440 - board.from) * view.scale;
    const wide = lane.offsetWidth;
    const side = 64;
    if (left - side < scroll.scrollLeft) scroll.scrollLeft = left - side;
    else if (left + wide > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = left + wide - scroll.clientWidth;
    if (top < scroll.scrollTop) scroll.scrollTop = Math.max(0, top - 40);
    else if (top + 140 > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + 180 - scroll.clientHeight;
  };
  board.goTo = function (day) {
    const print = one('#plan-print');
    view.day = Math.max(0, Math.min(plan.facts.days.length - 1, day));
    many('.plan-days a').forEach(function (a, n) {
      if (n === view.day) a.setAttribute('aria-current', 'page');
      else a.removeAttribute('aria-current');
    });
    print.href = print.href.replace(/day=\d+/, 'day=' + view.day);
    board.draw();
  };
  board.uncover = function (where) { // day and venue in which a place can be seen
    if (plan.isTray(where)) return;
    const column = plan.column(where.room);
    if (column && view.venue && column.venue !== view.venue) {
      view.venue = column.venue;
      one('#plan-venue').value = String(column.venue);
      board.draw();
    }
    if (plan.dayOf(where.at) !== view.day) board.goTo(plan.dayOf(where.at));
  };
  board.rove = rove;
  plan.board = board;
})();
