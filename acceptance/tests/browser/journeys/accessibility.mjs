// Every page that a person can meet, in both languages and colour schemes, audited. The site must challenge, have a short
// waiting lane, refuse /desk, and have granted already what /limited may have. OPTIONS: clearance, what the cookie holds of
// somebody who has to wait in line; then it is the line's page that is audited.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { audit } from "../lib/audit.mjs";
import { Person } from "../lib/person.mjs";
import { Gate, REDEEM, challenged, ended } from "../lib/site.mjs";

export default async function accessibility({ base, browsers, clearance }) {
  const browser = await browsers.launch();
  const passed = {};
  for (const locale of ["en-GB", "vi-VN"]) {
    const person = await Person.at(base, browser, { locale, bypassCSP: true });
    const add = (more) => Object.entries(more).forEach(([name, count]) => { passed[`${locale} ${name}`] = count; });
    if (clearance) {
      await person.context.addCookies([{ name: "levee", value: clearance, url: base }]);
      add(await still(person, "/", 503, "line"));
      continue;
    }
    add(await solving(person));
    // Or the lane would let in whoever was audited for so long.
    await person.context.clearCookies();
    add(await still(person, "/", 403, "without script", withoutScript));
    add(await still(person, "/desk", 403, "refused"));
    add(await still(person, "/.well-known/levee/nothing", 404, "malformed"));
    add(await still(person, "/limited", 429, "over quota"));
    add(await waited(person, locale));
  }
  return passed;
}

/** The challenge while it is solved, and when it could not be. */
async function solving(person) {
  const page = await person.page();
  await person.context.route(REDEEM, (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: "{}" }));
  const gate = await Gate.before(person.context, REDEEM);
  await challenged(page, person.base);
  await gate.reached;
  const passed = await audit(page, "solving");
  gate.open();
  await ended(page);
  return { ...passed, ...await audit(page, "ended") };
}

/** A page as it was sent, but for what would take it away: it is shown without loading itself again. */
async function still(person, path, status, name, change = (html) => html) {
  const page = await person.page();
  const response = await page.goto(person.base + path, { waitUntil: "commit" });
  assert.equal(response.status(), status, name);
  return show(page, change(await response.text()), name);
}

async function show(page, html, name) {
  const body = html.replace(/<meta http-equiv="refresh"[^>]*>/, "");
  await page.route("**/*", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await page.goto("http://page.test/");
  const passed = await audit(page, name);
  await page.close();
  return passed;
}

/** What a browser shows that runs no script. */
function withoutScript(html) {
  assert(html.includes("<noscript>"));
  return html.replace(/<script>.*?<\/script>/s, "").replace(/<\/?noscript>/g, "");
}

/** The page for whoever has waited in the lane. */
async function waited(person, locale) {
  const ask = () => person.context.request.get(person.base, { headers: { accept: "text/html", "accept-language": locale } });
  let answer = await ask();
  while (answer.status() === 403) {
    await setTimeout(500);
    answer = await ask();
  }
  const html = await answer.text();
  assert(html.includes('http-equiv="refresh" content="0;'), "this is the page for whoever has waited");
  return show(await person.page(), html, "waited");
}
