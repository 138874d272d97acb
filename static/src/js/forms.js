// What was typed is never lost: not by a refusal, a live change, a closed drawer or a left page.

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form");
  if (form && form.method !== "get" && !form.hasAttribute("data-preferences")) form.dataset.dirty = "";
});

document.addEventListener("submit", ({ target }) => delete target.dataset.dirty);

const formOf = (detail) => detail.requestConfig?.elt?.closest?.("form");

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = formOf(detail);
  if (form) delete form.dataset.dirty; // the answer to a form may change the form
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.xhr.status < 400) return;
  const form = formOf(detail);
  const again = form?.isConnected ? form : document.getElementById(form?.id ?? "");
  if (again) again.dataset.dirty = "";
});

for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failed, ({ detail }) => {
    const form = formOf(detail);
    if (form) form.dataset.dirty = "";
  });
}

addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-protect][data-dirty]")) event.preventDefault();
});

// The summary of a refused form, or the first field of a fresh one, takes the focus once.
function focusIn(place) {
  const wanted = place.querySelector?.("[data-focus]:not([data-sample] *)");
  if (!wanted) return;
  wanted.removeAttribute("data-focus");
  wanted.focus();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => focusIn(detail.target?.isConnected ? detail.target : document));
focusIn(document);

document.addEventListener("click", (event) => {
  const line = event.target.closest(".form-errors a");
  const field = line && document.querySelector(line.hash);
  if (!field) return;
  event.preventDefault();
  (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea"))?.focus();
});

