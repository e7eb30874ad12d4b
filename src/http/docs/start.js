// The page of /docs. Swagger UI asks nobody but this server: no validator's badge, no settings from the address.
SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('description'),
  deepLinking: true,
  queryConfigEnabled: false,
  validatorUrl: null,
});
