/* A form is sent once, however often its button is pressed; data-confirm asks first. */
(function () {
  'use strict';
  const AGAIN_AFTER = 8000; // a form that answers with a file leaves the page standing
  const words = document.body.dataset;

  const element = function (tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const ask = function (question, yes) {
    const dialog = element('dialog', 'dialog', '');
    const foot = element('div', 'form-foot', '');
    const cancel = element('button', 'btn btn-plain', words.tNo);
    const go = element('button', 'btn btn-main', words.tYes);
    if (!dialog.showModal) { // Safari before 15.4
      if (window.confirm(question)) yes();
      return;
    }
    cancel.addEventListener('click', function () { dialog.close(); });
    go.addEventListener('click', function () { dialog.close(); yes(); });
    dialog.addEventListener('close', function () { dialog.remove(); });
    dialog.setAttribute('aria-label', question);
    foot.append(cancel, go);
    dialog.append(element('p', '', question), foot);
    document.body.append(dialog);
    dialog.showModal();
  };
  const free = function (form) {
    delete form.dataset.sent;
    form.querySelectorAll('button[aria-disabled]').forEach(function (b) { b.removeAttribute('aria-disabled'); });
  };

  document.addEventListener('submit', function (event) {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (event.defaultPrevented || (form.getAttribute('method') || '').toLowerCase() !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (question && !form.dataset.agreed) {
      event.preventDefault();
      ask(question, function () {
        form.dataset.agreed = '1';
        if (form.requestSubmit) form.requestSubmit(button || undefined);
        else form.submit();
      });
      return;
    }
    delete form.dataset.agreed;
    form.dataset.sent = '1';
    if (button) button.setAttribute('aria-disabled', 'true');
    window.setTimeout(free, AGAIN_AFTER, form);
  });
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[data-sent]').forEach(free);
  });
})();
