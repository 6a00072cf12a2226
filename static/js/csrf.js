/* Requests made by htmx carry the page's token. */
document.addEventListener('htmx:configRequest', function (event) {
  'use strict';
  if (event.detail.verb !== 'get') {
    event.detail.headers['X-CSRFToken'] = document.querySelector('meta[name=csrf-token]').content;
  }
});
