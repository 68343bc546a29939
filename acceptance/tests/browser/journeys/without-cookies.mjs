// Cookies are off, in every way that a page can meet: it says so and does not load itself without end.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { SOLVER, REDEEM, challenged, ended } from "../lib/site.mjs";
import { WORDS } from "../lib/words.mjs";

/** Rounds that a page may try before it stops. */
const ROUNDS = 3;

export default async function withoutCookies({ base, browsers }) {
  const browser = await browsers.launch();

  const dropped = await Person.at(base, browser);
  await dropped.context.route(REDEEM, async (route) => {
    const response = await route.fetch();
    await dropped.context.clearCookies();
    const { "set-cookie": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  const rounds = { dropped: await meets(dropped, [ROUNDS]) };

  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  const blocked = new Person(base, await browsers.launchWithPreferences(settings));
  // A page may be told of the setting, or find out by itself.
  rounds.blocked = await meets(blocked, [0, ROUNDS]);

  const told = await Person.at(base, browser);
  let asked = 0;
  await told.context.route(SOLVER, (route) => { asked += 1; return route.fallback(); });
  rounds.told = await meets(told, [0], async (page) => {
    const devtools = await told.context.newCDPSession(page);
    await devtools.send("Emulation.setDocumentCookieDisabled", { disabled: true });
  });
  assert.equal(asked, 0, "nothing is calculated where a browser says beforehand that it keeps no cookies");
  return rounds;
}

/** Tells after how many rounds the page stops, one of the expected numbers. */
async function meets(person, expected, prepare = () => {}) {
  let redeemed = 0;
  person.context.on("response", (response) => { if (REDEEM.test(response.url())) redeemed += 1; });
  const page = await person.page();
  await prepare(page);
  await challenged(page, `${person.base}/?cookies=off`);
  await ended(page);
  const status = await page.getByRole("status").innerText();
  assert(status.includes(WORDS.en.noCookies), status);
  assert(await page.getByRole("button", { name: WORDS.en.again }).isVisible());
  assert(expected.includes(redeemed), `${redeemed} rounds`);
  assert.equal(person.challenges, redeemed + 1);
  person.hasHadNoTrouble();
  return redeemed;
}
