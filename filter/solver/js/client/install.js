// Gives the client to the page: once, even where the script stands twice.

if (!(self.levee && self.levee.fetch)) {
  self.levee = Object.assign({}, self.levee, { fetch: leveeFetch, submit });
  if (document.currentScript.getAttribute("data-wrap") !== "no") self.fetch = leveeFetch;
}
// Each time: they are gone when the page has been replaced by the answer to a form.
addEventListener("submit", onSubmit);
addEventListener("pageshow", onPageShow);
