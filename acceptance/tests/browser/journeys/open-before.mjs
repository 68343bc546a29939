// A page that was opened before the flood, with the script for the site's own pages on it: what it sends in the flood is not
// lost, be it from a script or in a form.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { FORM, REDEEM, book, form } from "../lib/site.mjs";

export default async function openBefore({ base, browsers }) {
  // A site that uses the script allows it in its policy; the booking app does not use it.
  const person = await Person.at(base, await browsers.launch(), { bypassCSP: true });
  let redeemed = 0;
  person.context.on("response", (response) => { if (REDEEM.test(response.url())) redeemed += 1; });
  const page = await person.page();
  await page.goto(`${base}/`);
  await form(page);
  await page.addScriptTag({ url: "/.well-known/levee/client.js" });

  // As if it had been opened while nobody was asked for anything.
  await person.context.clearCookies();
  redeemed = 0;
  const answers = await page.evaluate(() => Promise.all(
    [1, 2, 3].map(async () => (await fetch("/api/departments")).status),
  ));
  assert.deepEqual(answers, [200, 200, 200]);
  assert.equal(redeemed, 1, "all that were refused together share one solution");

  await person.context.clearCookies();
  await page.locator(FORM).evaluate((element) => element.setAttribute("data-levee", ""));
  const number = await book(page);
  assert.equal(redeemed, 2);
  person.hasHadNoTrouble();
  return { number };
}
