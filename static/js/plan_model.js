/* The plan as the page knows it: cards (sessions to be held), columns (rooms), and where each card
   lies. Minutes count from the midnight of the event's first day; room and at are null in the tray.

   A card is kept as the server wrote it, so that both can add up the same sums: where a sum differs,
   the server tells the cards of that bucket again. What was moved here and is not answered yet lies
   in `moved`, on top of what the server said. */
(function () {
  'use strict';
  const BUCKETS = 16;
  const FIELDS = ['id', 'name', 'track', 'part', 'minutes', 'size', 'fixed', 'session', 'room', 'at', 'sitting', 'serving'];
  const table = new Uint32Array(256).map(function (_, n) {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const crc = function (text) {
    const bytes = new TextEncoder().encode(text);
    let c = 0xffffffff;
    for (let n = 0; n < bytes.length; n += 1) c = table[(c ^ bytes[n]) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };

  const cards = new Map();
  const moved = new Map(); // card id -> where it was put here, unanswered
  const plan = { cards: cards, facts: { columns: [], tracks: {}, days: [], slots: [], busy: [] }, factsMark: '', number: 0, clashes: {}, wrong: [] };

  plan.bucket = function (id) { return id % BUCKETS; };
  plan.sums = function () {
    const sums = new Array(BUCKETS).fill(0);
    cards.forEach(function (card) { sums[plan.bucket(card.id)] = (sums[plan.bucket(card.id)] + card.sum) >>> 0; });
    return sums.map(function (n) { return n.toString(16); }).join('.');
  };
  plan.put = function (row) {
    const card = { sum: crc(JSON.stringify(row)) };
    FIELDS.forEach(function (name, n) { card[name] = row[n]; });
    cards.set(card.id, card);
    return card;
  };
  plan.learn = function (answer) { // what the server says; true when anything is new
    if (answer.facts) {
      plan.facts = answer.facts;
      plan.factsMark = answer.facts_mark;
    }
    const told = new Set(answer.cards.map(function (row) { return row[0]; }));
    answer.buckets.forEach(function (bucket) {
      cards.forEach(function (card, id) { if (plan.bucket(id) === bucket && !told.has(id)) cards.delete(id); });
    });
    answer.cards.forEach(plan.put);
    plan.number = answer.number;
    return Boolean(answer.facts) || answer.buckets.length > 0;
  };

  plan.where = function (card) { return moved.get(card.id) || { room: card.room, at: card.at }; };
  plan.lay = function (id, where) { moved.set(id, where); };
  plan.unlay = function (id) { moved.delete(id); };
  plan.isMoved = function (id) { return moved.has(id); };
  plan.same = function (one, other) { return one.room === other.room && one.at === other.at; };

  plan.cardOf = function (b) { return cards.get(Number(b.dataset.card)); };

  plan.isTray = function (where) { return where.room === null; };
  plan.dayOf = function (at) { return Math.floor(at / 1440); };
  plan.inTray = function () {
    const until = plan.facts.days.length * 1440; // what lies outside the days would be seen nowhere else
    return Array.from(cards.values()).filter(function (card) {
      const where = plan.where(card);
      return plan.isTray(where) || where.at < 0 || where.at >= until;
    });
  };
  plan.inColumn = function (room, day) { // [card, at], the earliest first
    const found = [];
    cards.forEach(function (card) {
      const where = plan.where(card);
      if (where.room === room && plan.dayOf(where.at) === day) found.push([card, where.at]);
    });
    return found.sort(function (a, b) { return a[1] - b[1] || a[0].id - b[0].id; });
  };
  plan.overlaps = function (card, where) { // names of what lies there at that time
    const until = where.at + card.minutes;
    const names = [];
    cards.forEach(function (other) {
      const there = plan.where(other);
      if (other.id !== card.id && there.room === where.room && there.at < until && there.at + other.minutes > where.at) names.push(other.name);
    });
    plan.facts.busy.forEach(function (busy) {
      if (busy.room === where.room && busy.at < until && busy.at + busy.minutes > where.at) names.push(busy.what);
    });
    return names;
  };

  // ---- what is wrong: clashes with the items they concern, and the same by item

  plan.judge = function (wrong) {
    plan.wrong = wrong;
    plan.clashes = {};
    wrong.forEach(function (clash) {
      clash.items.forEach(function (id) {
        const mark = plan.clashes[id] || { severity: clash.severity, words: [] };
        plan.clashes[id] = mark;
        if (clash.severity === 'block') mark.severity = 'block';
        mark.words.push(clash.words);
      });
    });
  };
  plan.judgeAgain = function (id, wrong) { // one card was moved: of everything wrong, what concerns it
    plan.judge(wrong.concat(plan.wrong.filter(function (clash) { return !clash.items.includes(id); })));
  };

  // ---- words

  const two = function (n) { return String(n).padStart(2, '0'); };
  plan.clock = function (at) { return two(Math.floor((at % 1440) / 60)) + ':' + two(at % 60); };
  plan.span = function (card, at) { return plan.clock(at) + '–' + plan.clock(at + card.minutes); };
  plan.column = function (room) { return plan.facts.columns.find(function (column) { return column.id === room; }); };
  plan.say = function (text, parts) {
    return Object.keys(parts).reduce(function (said, key) { return said.split('{' + key + '}').join(parts[key]); }, text);
  };
  plan.label = function (where, card) { // "Hall A, 09:00–10:30"
    const words = document.querySelector('#plan').dataset;
    if (plan.isTray(where)) return words.tTray;
    const column = plan.column(where.room);
    const on = plan.facts.days[plan.dayOf(where.at)];
    const day = plan.facts.days.length > 1 && on ? on.label : '';
    return plan.say(words.tWhere, { room: column ? column.name : '?', day: day, time: plan.span(card, where.at) }).trim();
  };

  window.plan = plan;
})();
