/* The board by keyboard: arrows walk from card to card; Enter takes one up, arrows carry it by room
   and shift (with Shift by five minutes), Enter puts it down, Escape puts it back. */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const hold = plan.hold;
  const scroll = document.querySelector('#plan-scroll');
  const tray = document.querySelector('#plan-tray');
  const many = function (root) { return Array.from(root.querySelectorAll('.plan-block')); };

  const walkTray = function (b, way) {
    const blocks = many(tray);
    return blocks[blocks.indexOf(b) + way];
  };
  const walkBoard = function (b, down, right) {
    const lane = b.closest('.plan-lane');
    if (down) {
      const blocks = many(lane);
      return blocks[blocks.indexOf(b) + down];
    }
    const lanes = Array.from(scroll.querySelectorAll('.plan-lane'));
    for (let n = lanes.indexOf(lane) + right; lanes[n]; n += right) {
      const blocks = many(lanes[n]);
      const far = function (other) { return Math.abs(other.offsetTop - b.offsetTop); };
      if (blocks.length) return blocks.reduce(function (near, other) { return far(other) < far(near) ? other : near; });
    }
    return undefined;
  };
  const walk = function (b, key) {
    const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const way = ways[key];
    const next = b.closest('#plan-tray') ? walkTray(b, way[0] || way[1]) : walkBoard(b, way[0], way[1]);
    if (next) plan.choose(Number(next.dataset.card), true);
  };

  const first = function () { // out of the tray: the first room and shift in sight
    const columns = board.columns();
    const shift = plan.facts.slots.find(function (slot) { return plan.dayOf(slot.at) === board.view.day; });
    return { room: columns[0].id, at: shift ? shift.at : board.view.day * 1440 + board.from };
  };
  const aside = function (way) {
    const columns = board.columns();
    const n = columns.findIndex(function (column) { return column.id === hold.to.room; });
    const next = columns[Math.max(0, Math.min(columns.length - 1, n + way))];
    return { room: next.id, at: hold.to.at };
  };
  const day = function (way) {
    const to = hold.to;
    const before = board.view.day;
    board.goTo(before + way);
    const b = board.block(hold.card.id);
    if (b) b.classList.add('plan-held');
    return { room: to.room, at: to.at + (board.view.day - before) * 1440 };
  };
  const carry = function (event) {
    const key = event.key;
    if (plan.isTray(hold.to) && key.startsWith('Arrow')) return first();
    if (plan.isTray(hold.to)) return hold.to;
    if (key === 'ArrowUp' || key === 'ArrowDown') return { room: hold.to.room, at: hold.step(key === 'ArrowUp' ? -1 : 1, event.shiftKey) };
    if (key === 'ArrowLeft' || key === 'ArrowRight') return aside(key === 'ArrowLeft' ? -1 : 1);
    if (key === 'PageUp' || key === 'PageDown') return day(key === 'PageUp' ? -1 : 1);
    return { room: null, at: null }; // Delete
  };
  const CARRY = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Delete'];

  // While a card is carried the keys are its own, wherever the focus lies: a redrawn day loses it.
  document.addEventListener('keydown', function (event) {
    if (!hold.card || hold.by !== 'key' || document.querySelector('dialog[open]')) return;
    if (event.key === 'Enter' || event.key === ' ') hold.drop();
    else if (event.key === 'Escape' || event.key === 'Tab') hold.cancel();
    else if (CARRY.includes(event.key)) {
      hold.move(carry(event));
      board.show(hold.to);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener('keydown', function (event) {
    const b = event.target.closest && event.target.closest('.plan-block');
    if (!b || hold.card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') hold.start(plan.cards.get(Number(b.dataset.card)), 'key');
    else if (event.key.startsWith('Arrow')) walk(b, event.key);
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', function (event) {
    const isTyping = event.target.closest('input, select, textarea');
    const key = event.key.toLowerCase();
    if (isTyping || hold.card || !(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    plan.back(key === 'y' || event.shiftKey ? 'redo' : 'undo');
  });
})();
