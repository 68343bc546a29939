// Clearances: what a challenge is turned into.

const MOST_ROUNDS = 3;
const MOST_ATTEMPTS = 5;
/** Seconds that are waited for a quota at a time. */
const LONGEST_QUOTA_WAIT = 60;

const nativeFetch = self.fetch.bind(self);

/** Attempts it again, later, when the network or the server fails. A failure may tell the `seconds` to wait. */
const insist = async (attempt, signal) => {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (failure) {
      if (signal.aborted || attempts === MOST_ATTEMPTS) throw failure;
      await pause(failure.seconds || attempts, signal);
    }
  }
};

/** Makes `levee.solve` be there. */
const load = (address) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("Levee's solver does not load."));
    script.src = address;
    document.head.appendChild(script);
  });

/** The answer to a solution. To redeem it twice does no harm. */
const redeem = async (address, solution, signal) => {
  const init = { method: "POST", headers: { "levee-solution": solution }, credentials: "same-origin", signal };
  const answer = await nativeFetch(address, init);
  if (answer.status !== 429 && answer.status < 500) return answer;
  const seconds = Math.min(LONGEST_QUOTA_WAIT, retryAfter(answer));
  throw Object.assign(new Error("Levee has no time for a solution."), { seconds });
};

/** The address of the script that `levee.solve` is from. */
let loaded;

/** How many clearances this page has earned. */
let earned = 0;

/** Solves the challenge and whatever challenges follow from it, until there is a clearance. */
const earn = async (challenge, signal) => {
  const progress = (done) => announce("solving", { done });
  for (let round = 1; challenge && round <= MOST_ROUNDS; round++) {
    progress(0);
    const { token, solver, redeem: address } = challenge;
    if (loaded !== solver) await insist(() => load(solver), signal);
    loaded = solver;
    const solution = await self.levee.solve(token, { progress, signal });
    const answer = await insist(() => redeem(address, solution, signal), signal);
    if (answer.ok) {
      earned += 1;
      return;
    }
    ({ challenge } = (await refusalIn(answer)) || {});
  }
  throw new Error("Levee has not granted a clearance.");
};

/** The solving that is under way. There is one at a time: its clearance is good for all requests that wait for it. */
let flight;

const takeOff = (challenge) => {
  const controller = new AbortController();
  const started = { passengers: 0, landed: earn(challenge, controller.signal) };
  const end = () => {
    if (flight === started) flight = undefined;
  };
  started.cancel = () => {
    end();
    controller.abort();
  };
  started.landed.then(end, end);
  return started;
};

/** Waits for a clearance. Who aborts stops waiting; the solving stops when nobody waits any more. */
const clearance = async (challenge, signal) => {
  flight = flight || takeOff(challenge);
  const mine = flight;
  mine.passengers += 1;
  try {
    await unlessAborted(mine.landed, signal);
  } finally {
    mine.passengers -= 1;
    if (!mine.passengers) mine.cancel();
  }
};
