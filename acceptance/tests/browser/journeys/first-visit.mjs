// A first visit while the site challenges: the page says what it should in the visitor's language, the address that was
// asked for opens by itself, and a number can be booked. OPTIONS: locale, viewport, and whether https is spoken.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { Gate, REDEEM, book, challenged, form } from "../lib/site.mjs";
import { WORDS } from "../lib/words.mjs";

export default async function firstVisit({ base, browsers, locale, viewport, ignoreHTTPSErrors = false }) {
  const person = await Person.at(base, await browsers.launch(), { locale, viewport, ignoreHTTPSErrors });
  const page = await person.page();
  const gate = await Gate.before(person.context, REDEEM);
  const address = `${base}/?from=a%20b&to=%C4%91#form`;
  const response = await challenged(page, address);
  assert.equal(response.headers()["cache-control"], "no-store");
  const supportId = await reads(page, locale.slice(0, 2));
  gate.open();
  await form(page);
  assert.equal(page.url(), address, "the address should be the one that was asked for");
  const cookies = await person.context.cookies();
  const number = await book(page);
  person.hasHadNoTrouble();
  assert.deepEqual([...person.engines], ["simd"], "the engine that solved");
  return { number, support_id: supportId, cookies, challenges: person.challenges };
}

/** What stands on the page; tells the support id. */
async function reads(page, language) {
  const words = WORDS[language];
  assert.equal(await page.locator("html").getAttribute("lang"), language);
  assert.equal(await page.title(), `${words.title} · Bệnh viện Levee`);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), words.title);
  const bar = page.getByRole("progressbar", { name: words.progress });
  assert.match(await bar.getAttribute("aria-valuenow"), /^\d+$/);
  assert.equal(await page.getByRole("status").innerText(), words.working);
  assert.equal(await page.getByRole("button").count(), 0, "there is nothing to try again yet");
  const [telephone, support] = await page.locator("footer p").allInnerTexts();
  assert.equal(telephone, words.telephone);
  assert.equal(await page.getByRole("link", { name: "1900 0000" }).getAttribute("href"), "tel:19000000");
  assert(support.startsWith(words.support), support);
  return page.locator("footer code").innerText();
}
