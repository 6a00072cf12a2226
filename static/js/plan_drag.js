/* Carrying cards with the mouse, or with a finger after a short press (a quick stroke scrolls). */
(function () {
  'use strict';
  const plan = window.plan;
  const board = plan.board;
  const hold = plan.hold;
  const FAR = 6; // pixels that make a press a drag
  const PRESS = 320; // milliseconds of holding still that make a touch a grip
  const EDGE = 48;
  const SPEED = 14;
  const WAIT = 600; // over a day's tab, until that day is shown
  const one = function (selector) { return document.querySelector(selector); };
  const page = one('#plan');
  const scroll = one('#plan-scroll');
  let press = null; // {card, x, y, grip: minutes from its top, timer, id}
  let point = null;
  let ticking = 0;
  let tab = { day: -1, since: 0 };
  let wasDragged = false;

  const place = function () {
    const found = board.at(point.x, point.y);
    if (!found) return hold.from;
    if (plan.isTray(found)) return { room: null, at: null };
    return { room: found.room, at: hold.snap(found.at - press.grip) };
  };
  const edges = function () { // near an edge the board moves under the card
    const box = scroll.getBoundingClientRect();
    if (point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom) {
      if (point.x < box.left + EDGE + 56) scroll.scrollLeft -= SPEED;
      if (point.x > box.right - EDGE) scroll.scrollLeft += SPEED;
      if (point.y < box.top + EDGE + 48) scroll.scrollTop -= SPEED;
      if (point.y > box.bottom - EDGE) scroll.scrollTop += SPEED;
    }
  };
  const tabs = function (now) {
    const target = document.elementFromPoint(point.x, point.y);
    const over = target && target.closest('.plan-days a');
    const day = over ? Number(over.dataset.day) : -1;
    if (day !== tab.day) tab = { day: day, since: now };
    if (day >= 0 && day !== board.view.day && now - tab.since > WAIT) board.goTo(day);
  };
  const tick = function (now) {
    if (!press || hold.by === 'key' || !hold.card) return;
    edges();
    tabs(now);
    hold.move(place());
    ticking = window.requestAnimationFrame(tick);
  };
  const begin = function (by) {
    hold.start(press.card, by);
    wasDragged = true;
    ticking = window.requestAnimationFrame(tick);
  };
  const stop = function () {
    if (press) window.clearTimeout(press.timer);
    window.cancelAnimationFrame(ticking);
    press = null;
  };

  page.addEventListener('pointerdown', function (event) {
    const b = event.target.closest('.plan-block');
    wasDragged = false;
    if (!b || event.button !== 0 || hold.card) return;
    const card = plan.cards.get(Number(b.dataset.card));
    const inLane = Boolean(b.closest('.plan-lane'));
    const grip = inLane ? (event.clientY - b.getBoundingClientRect().top) / board.view.scale : Math.min(card.minutes / 2, 15);
    press = { card: card, x: event.clientX, y: event.clientY, grip: grip, id: event.pointerId };
    point = { x: event.clientX, y: event.clientY };
    if (event.pointerType === 'touch') press.timer = window.setTimeout(begin, PRESS, 'touch');
  });
  document.addEventListener('pointermove', function (event) {
    if (!press || event.pointerId !== press.id) return;
    point = { x: event.clientX, y: event.clientY };
    if (hold.card) return;
    const isFar = Math.hypot(point.x - press.x, point.y - press.y) > FAR;
    if (isFar && event.pointerType === 'touch') stop(); // a stroke: it scrolls
    else if (isFar) begin('mouse');
  });
  document.addEventListener('pointerup', function (event) {
    if (!press || event.pointerId !== press.id) return;
    const isHeld = hold.card && hold.by !== 'key';
    point = { x: event.clientX, y: event.clientY };
    if (isHeld) hold.move(place());
    stop();
    if (isHeld) hold.drop();
  });
  document.addEventListener('pointercancel', function () {
    const isHeld = press && hold.card && hold.by !== 'key';
    stop();
    if (isHeld) hold.cancel();
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || !press || !hold.card) return;
    stop();
    hold.cancel();
  });
  // Once a finger carries a card the page must not scroll under it.
  page.addEventListener('touchmove', function (event) { if (hold.card && event.cancelable) event.preventDefault(); }, { passive: false });
  page.addEventListener('contextmenu', function (event) { if (hold.card) event.preventDefault(); });
  page.addEventListener('dragstart', function (event) { event.preventDefault(); });
  page.addEventListener('click', function (event) {
    const b = event.target.closest('.plan-block');
    if (b && !wasDragged) plan.choose(Number(b.dataset.card), true);
    wasDragged = false;
  });
})();
