"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const [progress, status] = ["progress", "status"].map(find);
  const says = find("levee").dataset;
  const MAX_ROUNDS = 3;
  const MAX_ATTEMPTS = 6;

  // Rounds are counted in the history entry: it outlives a reload, is this tab's alone, and nothing blocks it.
  const past = () => {
    const { levee } = history.state || {};
    return levee && Date.now() - levee.at < 300000 ? levee : { rounds: 0 };
  };
  const remember = (rounds, passed) => {
    const levee = { rounds, passed, at: Date.now() };
    history.replaceState(Object.assign({}, history.state, { levee }), "");
  };

  let toldAt;
  const tell = (text) => {
    toldAt = Date.now();
    if (status.textContent !== text) status.textContent = text;
  };
  const show = (done) => {
    const percent = Math.round(100 * done);
    progress.setAttribute("aria-valuenow", percent);
    progress.firstChild.style.transform = `scaleX(${done})`;
    if (Date.now() - toldAt > 5000) tell(`${says.working} ${percent}%`);
  };
  const end = (text) => {
    remember(0);
    tell(text);
    status.className = "end";
    progress.hidden = true;
    // Made here, because text browsers show what is hidden, too.
    const again = document.createElement("button");
    Object.assign(again, { type: "button", textContent: says.again, onclick: reload });
    again.setAttribute("aria-describedby", "status");
    status.after(again);
    if (document.activeElement === document.body) again.focus();
  };
  const reload = () => location.reload();
  // What the browser kept of this page when it was left is out of date.
  addEventListener("pageshow", ({ persisted }) => persisted && reload());

  // Spread out, so that clients who failed together do not come back together; and not before there is a network.
  const pause = (seconds) => new Promise((resolve) => {
    const wake = () => navigator.onLine === false ? addEventListener("online", wake, { once: true }) : resolve();
    setTimeout(wake, seconds * (1000 + 1000 * Math.random()));
  });
  // An attempt that fails may reject with the seconds to wait.
  const insist = async (attempt) => {
    for (let tries = 1; ; tries++) {
      let wait;
      try {
        return await Promise.race([attempt(), pause(20).then(() => Promise.reject())]);
      } catch (seconds) {
        wait = Math.min(60, Math.max(tries, seconds || 0)) || tries;
      }
      if (tries === MAX_ATTEMPTS) throw 0;
      tell(says.retrying);
      await pause(wait);
    }
  };

  const load = (address) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject();
    script.src = address;
    document.head.appendChild(script);
  });
  const redeem = async (address, solution) => {
    const headers = { "levee-solution": solution };
    const answer = await fetch(address, { method: "POST", headers, credentials: "same-origin" });
    if (answer.status === 429 || answer.status >= 500) throw answer.headers.get("retry-after");
    return answer;
  };

  const run = async () => {
    let question = says;
    let { rounds, passed } = past();
    for (; question && rounds < MAX_ROUNDS; passed = false) {
      if (!navigator.cookieEnabled) return end(says.noCookies);
      remember(++rounds);
      progress.hidden = false;
      tell(says.working);
      await insist(() => load(question.solver));
      if (!self.levee.solve) return end(says.outdated);
      tell(says.working);
      const solution = await self.levee.solve(question.token, { progress: show });
      const answer = await insist(() => redeem(question.redeem, solution));
      if (answer.ok) {
        remember(rounds, true);
        tell(says.done);
        return reload();
      }
      question = (await answer.json()).challenge;
    }
    end(passed ? says.noCookies : says.failed);
  };
  run().catch(() => end(says.failed));
})();
