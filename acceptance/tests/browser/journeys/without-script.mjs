// JavaScript is off: the page says so, and lets in by itself whoever waits. OPTIONS: locale.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { book, challenged, form } from "../lib/site.mjs";
import { WORDS } from "../lib/words.mjs";

export default async function withoutScript({ base, browsers, locale }) {
  const person = await Person.at(base, await browsers.launch(), { locale, javaScriptEnabled: false });
  const page = await person.page();
  const address = `${base}/?from=a%20b&to=%C4%91`;
  // With a fragment, as a link into a page has it: loading that address again must not be taken for a jump in the page.
  await challenged(page, `${address}#form`);
  const text = await page.locator("main").innerText();
  assert(text.includes(WORDS[locale.slice(0, 2)].mayWait), text);
  assert.equal(await page.getByRole("button").count(), 0);
  await form(page);
  assert.equal(page.url(), address);
  const statuses = person.documents.map(([, status]) => status);
  const number = await book(page);
  person.hasHadNoTrouble();
  return { number, statuses };
}
