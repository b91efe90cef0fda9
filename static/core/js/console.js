// The API console. Calls carry the session of the page's person, if there is one, and say that they come from a page.
const place = document.querySelector('[data-js="console"]');

/* What the console draws skips levels of headings, and leaves its head outside every region. */
const LEVELS = { ".opblock-tag, .models > h4": "2", ".opblock-body h4": "3", ".opblock-body h5": "4" };

function mend() {
  for (const [headings, level] of Object.entries(LEVELS)) {
    for (const heading of place.querySelectorAll(headings)) heading.ariaLevel = level;
  }
  for (const [part, label] of [
    [".information-container", place.dataset.about],
    [".scheme-container", place.dataset.access],
  ]) {
    for (const region of place.querySelectorAll(part)) Object.assign(region, { role: "region", ariaLabel: label });
  }
}

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: false,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["X-Lectern-Client"] = "console";
    return request;
  },
});
new MutationObserver(mend).observe(place, { childList: true, subtree: true });
