/* A pad to sign on with pen, finger, glove or mouse. Strokes are whole numbers in a frame of 1000 by
   400, whatever the size of the screen; they travel in a hidden field beside the name typed instead. */
(function () {
  'use strict';
  const WIDTH = 1000, HEIGHT = 400, NEAR = 4, INK = 7;

  const readStrokes = function (text) {
    try { return JSON.parse(text || '[]'); } catch (unreadable) { return []; }
  };

  const equip = function (field) {
    const canvas = field.querySelector('canvas');
    const kept = field.querySelector('[data-signature-strokes]');
    const brush = canvas.getContext && canvas.getContext('2d');
    if (!brush || !window.PointerEvent) return;
    const most = { points: Number(field.dataset.mostPoints), strokes: Number(field.dataset.mostStrokes) };
    let strokes = readStrokes(kept.value);
    let pen = null; // the pointer that draws; a palm or second finger is ignored

    const count = function () {
      return strokes.reduce(function (sum, stroke) { return sum + stroke.length; }, 0);
    };
    const draw = function () {
      if (!canvas.clientWidth) return; // not shown yet: drawn when it is
      const scale = (canvas.clientWidth * (window.devicePixelRatio || 1)) / WIDTH;
      canvas.width = Math.max(1, Math.round(WIDTH * scale));
      canvas.height = Math.max(1, Math.round(HEIGHT * scale));
      brush.scale(scale, scale);
      brush.lineWidth = INK;
      brush.lineCap = brush.lineJoin = 'round';
      brush.strokeStyle = '#17222c';
      strokes.forEach(function (stroke) {
        brush.beginPath();
        stroke.forEach(function (point, n) { brush[n ? 'lineTo' : 'moveTo'](point[0], point[1]); });
        if (stroke.length === 1) brush.lineTo(stroke[0][0], stroke[0][1]);
        brush.stroke();
      });
    };
    const keep = function () {
      kept.value = strokes.length ? JSON.stringify(strokes) : '';
      canvas.setAttribute('aria-label', strokes.length ? canvas.dataset.tSigned : canvas.dataset.tEmpty);
    };
    const inside = function (value, end) { return Math.min(end, Math.max(0, Math.round(value))); };
    const place = function (event) {
      const frame = canvas.getBoundingClientRect();
      const edge = { x: canvas.clientLeft, y: canvas.clientTop };
      return [
        inside(((event.clientX - frame.left - edge.x) * WIDTH) / canvas.clientWidth, WIDTH),
        inside(((event.clientY - frame.top - edge.y) * HEIGHT) / canvas.clientHeight, HEIGHT),
      ];
    };
    const add = function (event) {
      const stroke = strokes[strokes.length - 1], point = place(event), last = stroke[stroke.length - 1];
      const moved = !last || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) >= NEAR;
      if (moved && count() < most.points) stroke.push(point);
    };

    canvas.addEventListener('pointerdown', function (event) {
      if (pen !== null || event.button > 0 || strokes.length >= most.strokes || count() >= most.points) return;
      event.preventDefault();
      pen = event.pointerId;
      canvas.setPointerCapture(pen);
      strokes.push([]);
      add(event);
      draw();
    });
    canvas.addEventListener('pointermove', function (event) {
      if (event.pointerId !== pen) return;
      const steps = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (steps.length ? steps : [event]).forEach(add);
      draw();
    });
    ['pointerup', 'pointercancel'].forEach(function (name) {
      canvas.addEventListener(name, function (event) {
        if (event.pointerId !== pen) return;
        pen = null;
        keep();
      });
    });
    field.querySelector('[data-signature-clear]').addEventListener('click', function () {
      strokes = [];
      pen = null;
      keep();
      draw();
    });
    if (window.ResizeObserver) new window.ResizeObserver(draw).observe(canvas); // a dialog opens, a tablet turns
    else window.addEventListener('resize', draw);

    field.querySelector('[data-signature-area]').hidden = false;
    kept.disabled = false;
    canvas.style.padding = '0';
    canvas.style.touchAction = 'none';
    keep();
    draw();
  };

  document.querySelectorAll('[data-signature]').forEach(equip);
})();
