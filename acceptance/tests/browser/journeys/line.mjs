// The site is full and others came first: a person stands in line, sees their place, and is let in by the page itself.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { book, form } from "../lib/site.mjs";

export default async function line({ base, browsers }) {
  const person = await Person.at(base, await browsers.launch());
  const page = await person.page();
  // With a fragment, which must not keep the page from loading itself again.
  const address = `${base}/?from=a%20b`;
  await page.goto(`${address}#form`, { waitUntil: "commit" });
  const main = page.locator("main#levee-line");
  await main.waitFor();
  const place = Number(await main.getAttribute("data-place"));
  assert(place > 0, `place ${place}`);
  assert((await page.getByRole("status").innerText()).includes(`Your place in line: ${place}`));
  await form(page);
  assert.equal(page.url(), address);
  const number = await book(page);
  person.hasHadNoTrouble();
  return { number, place };
}
