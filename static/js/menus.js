/* An open menu closes on Escape, on a press outside, and when another one opens. */
(function () {
  'use strict';
  const closeAllBut = function (kept) {
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (menu !== kept) menu.open = false;
    });
  };
  document.addEventListener('click', function (event) {
    closeAllBut(event.target.closest('details.menu'));
  });
  document.addEventListener('keydown', function (event) {
    const open = document.querySelector('details.menu[open]');
    if (event.key !== 'Escape' || !open) return;
    closeAllBut(null);
    open.querySelector('summary').focus();
  });
})();
