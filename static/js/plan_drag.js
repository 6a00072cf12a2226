/* Carrying cards with the mouse, or with a finger after a short press (a quick stroke scrolls). */
(function () {
  'use strict';
  const plan = window.plan;
  const hold = plan.hold;
  const FAR = 6; // pixels that make a press a drag
  const PRESS = 320; // milliseconds of holding still that make a touch a grip
  const EDGE = 48;
  const SPEED = 14;
  const WAIT = 600; // over a day's tab, until that day is shown
  const one = function (selector) { return document.querySelector(selector); };
  const page = one('#plan');
  const scroll = one('#plan-scroll');
  let press = null; // {card, x, y, grip, timer, id}
  let point = null;
  let ticking = 0;
  let tab = { day: -1, since: 0 };
  let wasDragged = false;

  const place = function () { return plan.ground.under(point.x, point.y, press.grip) || hold.from; };
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
    if (day >= 0 && now - tab.since > WAIT) plan.ground.overDay(day);
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
    const card = plan.cardOf(b);
    if (!card) return;
    press = { card: card, x: event.clientX, y: event.clientY, grip: plan.ground.grip(card, b, event.clientY), id: event.pointerId };
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
    if (b && !wasDragged && plan.cardOf(b)) plan.choose(plan.cardOf(b).id, true);
    wasDragged = false;
  });
})();
