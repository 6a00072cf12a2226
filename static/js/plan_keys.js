/* The board by keyboard: arrows walk from card to card; Enter takes one up, the ground's keys carry it,
   Enter puts it down, Escape puts it back. */
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
    if (next) plan.choose(plan.cardOf(next).id, true);
  };

  // While a card is carried the keys are its own, wherever the focus lies: a redrawn day loses it.
  document.addEventListener('keydown', function (event) {
    if (!hold.card || hold.by !== 'key' || document.querySelector('dialog[open]')) return;
    if (event.key === 'Enter' || event.key === ' ') hold.drop();
    else if (event.key === 'Escape' || event.key === 'Tab') hold.cancel();
    else {
      const where = plan.ground.carry(event.key, event.shiftKey);
      if (!where) return;
      hold.move(where);
      board.show(hold.to);
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener('keydown', function (event) {
    const b = event.target.closest && event.target.closest('.plan-block');
    if (!b || hold.card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') hold.start(plan.cardOf(b), 'key');
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
