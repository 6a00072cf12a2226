/* Select-all above a list, and the count of selected rows beside the buttons that act on them. */
(function () {
  'use strict';
  const boxes = function (name) {
    return Array.from(document.querySelectorAll('input[data-pick][name="' + name + '"]'));
  };
  const paint = function (name) {
    const all = boxes(name);
    const picked = all.filter(function (box) { return box.checked; }).length;
    all.forEach(function (box) { box.closest('tr').classList.toggle('picked', box.checked); });
    document.querySelectorAll('[data-pick-all="' + name + '"]').forEach(function (head) {
      head.checked = picked > 0 && picked === all.length;
      head.indeterminate = picked > 0 && picked < all.length;
    });
    document.querySelectorAll('[data-picked="' + name + '"]').forEach(function (count) {
      count.dataset.idle = count.dataset.idle || count.textContent;
      count.textContent = picked ? count.dataset.text.replace('{n}', picked) : count.dataset.idle;
    });
  };
  document.addEventListener('change', function (event) {
    const box = event.target;
    if (box.matches('[data-pick-all]')) {
      boxes(box.dataset.pickAll).forEach(function (one) { one.checked = box.checked; });
      paint(box.dataset.pickAll);
    } else if (box.matches('[data-pick]')) {
      paint(box.name);
    }
  });
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('[data-pick-all]').forEach(function (head) { paint(head.dataset.pickAll); });
  });
})();
