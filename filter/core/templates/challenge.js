"use strict";
(() => {
  const levee = document.getElementById("levee");
  const says = levee.dataset;
  const progress = document.getElementById("progress");
  const status = document.getElementById("status");
  const again = document.getElementById("again");
  const MAX_ROUNDS = 3;
  const MAX_ATTEMPTS = 6;

  // Rounds are counted in the history entry: it outlives a reload, is this tab's alone, and nothing blocks it.
  const roundsBefore = () => {
    const past = (history.state || {}).levee;
    return past && Date.now() - past.at < 300000 ? past.rounds : 0;
  };
  const remember = (rounds) => {
    const levee = { rounds, at: Date.now() };
    history.replaceState(Object.assign({}, history.state, { levee }), "");
  };
  const tell = (text, end) => {
    status.textContent = text;
    status.className = end ? "end" : "";
    progress.hidden = !!end;
    again.hidden = !end;
  };
  again.onclick = () => {
    remember(0);
    location.reload();
  };
  // Spread out, so that clients who failed together do not come back together.
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * (1000 + 1000 * Math.random())));

  let announced = Date.now();
  const show = (done) => {
    const percent = Math.round(100 * done);
    progress.setAttribute("aria-valuenow", percent);
    progress.firstChild.style.transform = `scaleX(${done})`;
    if (Date.now() - announced > 5000) {
      announced = Date.now();
      tell(`${says.working} ${percent} %`);
    }
  };

  // Resolves to the value of the header levee-solution; rejects when no worker is left.
  const solve = ({ token, solver }) => new Promise((resolve, reject) => {
    // What each worker is at: an index, undefined when idle, null when not ready.
    const crew = new Map();
    const found = [];
    const open = [];
    let count = 0;
    let left = 0;
    const work = (worker) => {
      const index = open.shift();
      crew.set(worker, index);
      if (index >= 0) worker.postMessage({ index });
    };
    const hire = () => {
      const worker = new Worker(solver);
      crew.set(worker, null);
      worker.onerror = () => {
        const index = crew.get(worker);
        worker.terminate();
        crew.delete(worker);
        if (index >= 0 && index !== null) open.push(index);
        if (!crew.size) reject();
        crew.forEach((at, other) => at === undefined && work(other));
      };
      worker.onmessage = ({ data }) => {
        if (data.error) return worker.onerror();
        if (data.solution) {
          found[data.index] = String.fromCharCode(...data.solution);
          show(1 - --left / count);
          if (!left) {
            crew.forEach((_, each) => each.terminate());
            const text = atob(token.replace(/-/g, "+").replace(/_/g, "/")) + found.join("");
            return resolve(btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, ""));
          }
        }
        if (count) return work(worker);
        count = left = data.count;
        for (let index = 0; index < count; index++) open.push(index);
        work(worker);
        // The others come now that the first has the script: they find it in the cache.
        for (let more = Math.min(8, (navigator.hardwareConcurrency || 2) - 1); more > 1; more--) hire();
      };
      worker.postMessage({ token });
    };
    hire();
  });

  const solved = async (question) => {
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        return await solve(question);
      } catch (_) {
        // No worker, or no script for it? Only the latter can get better.
        const script = await fetch(question.solver).catch(() => ({}));
        if (script.ok) throw says.noWorkers;
        tell(says.retrying);
        await pause(attempt);
      }
    }
    throw says.failed;
  };

  const redeemed = async (url, solution) => {
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      let wait = attempt;
      try {
        const headers = { "levee-solution": solution };
        const answer = await fetch(url, { method: "POST", headers, credentials: "same-origin" });
        if (answer.status !== 429 && answer.status < 500) return answer;
        wait = Math.min(60, Math.max(wait, answer.headers.get("retry-after") || 0));
      } catch (_) {
        // The network: below.
      }
      tell(says.retrying);
      await pause(wait);
    }
    throw says.failed;
  };

  const run = async () => {
    let question = says;
    for (let round = roundsBefore() + 1; round <= MAX_ROUNDS; round++) {
      if (!navigator.cookieEnabled) throw says.noCookies;
      remember(round);
      tell(says.working);
      show(0);
      const answer = await redeemed(question.redeem, await solved(question));
      if (answer.ok) {
        tell(says.done);
        return location.reload();
      }
      question = (await answer.json()).challenge;
    }
    throw says.failed;
  };
  run().catch((end) => tell(typeof end === "string" ? end : says.failed, true));
})();
