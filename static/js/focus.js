/* After a refused form the summary takes the focus; its links lead to the field itself. */
(function () {
  'use strict';
  const summary = document.querySelector('[data-focus]');
  if (!summary) return;
  summary.focus();
  summary.addEventListener('click', function (event) {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest('.field') || field).scrollIntoView({ block: 'start' });
    field.focus({ preventScroll: true });
  });
})();
