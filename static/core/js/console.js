// The API console. Calls carry the session of the page's person, if there is one, and say that they come from a page.
const place = document.querySelector('[data-js="console"]');

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["X-Lectern-Client"] = "console";
    return request;
  },
});
