// Starts Swagger UI on the document beside this page.

// A write with a session's cookie also needs the token that only our pages can ask for.
async function withCsrfToken(request) {
  if (["GET", "HEAD"].includes(request.method)) return request;
  const answer = await fetch("v1/auth/session");
  if (answer.ok) {
    request.headers["X-CSRF-Token"] = (await answer.json()).csrf_token;
  }
  return request;
}

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  filter: true,
  requestInterceptor: withCsrfToken,
  // Its own validator is another host.
  validatorUrl: null,
});
