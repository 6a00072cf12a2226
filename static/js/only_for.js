/* Fields that belong to one choice only (data-only-for) show when it is made: data-only-by names the
   choice. Without a choice they stay away; without this script they all stand there with a hint. */
(function () {
  'use strict';
  document.querySelectorAll('form[data-only-by]').forEach(function (form) {
    const name = form.dataset.onlyBy;
    const show = function () {
      const chosen = form.querySelector('[name="' + name + '"]:checked');
      form.querySelectorAll('[data-only-for]').forEach(function (part) {
        const wanted = part.dataset.onlyFor.split(' ');
        const wrong = part.querySelector('[aria-invalid="true"], .field-bad');
        part.hidden = !wrong && !(chosen && wanted.includes(chosen.value));
      });
    };
    form.addEventListener('change', show);
    show();
  });
})();
