// The network is lost when the solution is about to be sent: the page says so, waits for the network, and goes on by itself.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { REDEEM, challenged, form } from "../lib/site.mjs";
import { WORDS } from "../lib/words.mjs";

export default async function offline({ base, browsers }) {
  const person = await Person.at(base, await browsers.launch());
  const page = await person.page();
  let tries = 0;
  await person.context.route(REDEEM, async (route) => {
    tries += 1;
    if (tries === 1) await person.context.setOffline(true);
    await route.continue();
  });
  const address = `${base}/?train=tunnel#form`;
  await challenged(page, address);
  await page.getByRole("status").filter({ hasText: WORDS.en.retrying }).waitFor();
  await person.context.setOffline(false);
  await form(page);
  assert.equal(page.url(), address);
  assert.equal(tries, 2);
  assert.equal(person.challenges, 1, "the solution was kept");
  person.hasHadNoTrouble();
}
