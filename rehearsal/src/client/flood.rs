//! A flood, or the share of one: what it sends next, and what it makes of the answers.

use super::{
    Addresses, Solution,
    address::with_port,
    answer::{challenge_token, verdict, work_asked},
    purse::{Purse, Purses},
};
use crate::scenario::{Curve, Flood, Scenario, Solving};
use levee_harness::{Request, Response};
use levee_report::Verdict;
use rand::{SeedableRng, rngs::StdRng};
use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    time::Duration,
};

/// Connections that are open at the same time.
const CONNECTIONS: u64 = 64;

/// Work that is taken on ahead at most: the solution of an older challenge may not be worth what is asked for by then.
const AHEAD: Duration = Duration::from_secs(5);

/// Longer than any flood works for one clearance.
const FOR_EVER: Duration = Duration::from_secs(24 * 3_600);

/// A share of a flood.
#[derive(Debug)]
pub struct Horde {
    curve: Curve,
    requests: u64,
    index: u64,
    of: u64,
    sent: u64,
    keep_alive: u64,
    addresses: Addresses,
    shapes: Vec<Request>,
    mint: Option<Mint>,
    draw: StdRng,
}

/// How a flood comes by clearances.
#[derive(Debug)]
struct Mint {
    solving: Solving,
    /// Hashes a second of this share.
    speed: f64,
    busy_until: Duration,
    asking: u64,
    solved: VecDeque<(IpAddr, Solution)>,
    /// By who may spend them: one machine, or all of them.
    purses: HashMap<Option<IpAddr>, Purses>,
    granted: u64,
    /// Clearances that whoever counts them knows of.
    told: u64,
}

/// A challenge that a flood's machines begin to solve.
#[derive(Debug)]
pub struct Task {
    /// The challenge's token in its text form.
    pub token: String,
    /// Who was challenged.
    pub source: IpAddr,
    /// When they will have solved it, after all that was begun with before.
    pub until: Duration,
}

/// What a request was sent for.
#[derive(Debug)]
pub enum Sending {
    /// To get through, or for a challenge.
    Plain(IpAddr),
    /// With a clearance.
    Spending(Purse),
    /// To redeem a solution.
    Redeeming(IpAddr),
}

impl Horde {
    /// Share `index` of `of` of a flood.
    #[must_use]
    pub fn new(flood: &Flood, scenario: &Scenario, index: u64, of: u64, seed: u64) -> Self {
        let shape = &flood.shape;
        let shapes = shape.paths.iter().flat_map(|path| {
            shape.user_agents.iter().map(move |user_agent| {
                Request::new(&shape.method, path)
                    .header("user-agent", user_agent)
                    .header("accept", &shape.accept)
            })
        });
        let of = of.max(1);
        Self {
            curve: scenario.flood_curve(flood),
            requests: flood.requests,
            index,
            of,
            sent: 0,
            keep_alive: u64::from(flood.keep_alive.max(1)),
            addresses: Addresses::of(&flood.sources),
            shapes: shapes.collect(),
            mint: flood.solves.map(|solving| Mint::new(solving, of)),
            draw: StdRng::seed_from_u64(seed),
        }
    }

    /// When the next request is due; `None` when all are sent.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let nth = self.nth();
        (nth < self.requests).then(|| self.curve.time_of((nth as f64 + 0.5) / self.requests as f64))
    }

    /// Which of all the flood's requests is next.
    const fn nth(&self) -> u64 {
        self.sent * self.of + self.index
    }

    /// The next request, and the number of the connection that it is sent on.
    pub fn send(&mut self, now: Duration) -> (Request, u64, Sending) {
        let nth = self.nth();
        self.sent += 1;
        // As many connections as are open together take turns; each is followed by another when it has had enough.
        let open = CONNECTIONS.min(self.addresses.count()).max(1);
        let connection = nth / (open * self.keep_alive) * open + nth % open;
        let address = self.addresses.nth(connection, &mut self.draw);
        let errand = match &mut self.mint {
            Some(mint) => mint.errand(address, now),
            None => Errand::Plain,
        };
        let shape = self.shapes.get((nth % self.shapes.len().max(1) as u64) as usize);
        let request = shape.cloned().unwrap_or_else(|| Request::get("/"));
        let (request, address, sending) = match errand {
            Errand::Plain => (request, address, Sending::Plain(address)),
            Errand::Spend(purse) => {
                let from = self.spender(&purse, address);
                let request = match purse.cookies.header() {
                    Some(cookies) => request.header("cookie", cookies),
                    None => request,
                };
                (request, from, Sending::Spending(purse))
            }
            Errand::Redeem(source, solution) => {
                let mut redemption = Request::post("/.well-known/levee/redeem");
                redemption.headers = request.headers;
                let redemption = redemption.header("levee-solution", solution.text);
                (redemption, source, Sending::Redeeming(source))
            }
        };
        let request = request.source(with_port(address, &mut self.draw));
        (request, connection, sending)
    }

    /// Takes in an answer. Returns the challenge that is now to be solved, if there is one: of so many times the work that stands in
    /// it.
    pub fn answered(
        &mut self,
        sending: Sending,
        answer: &Response,
        work_scale: f64,
        now: Duration,
    ) -> Option<Task> {
        let mint = self.mint.as_mut()?;
        match sending {
            Sending::Plain(source) | Sending::Redeeming(source) if verdict(answer) == Verdict::Challenge => {
                let token = challenge_token(answer).filter(|_| mint.wants_more(now))?;
                let hashes = work_asked(&token)? as f64 * work_scale;
                mint.asking += 1;
                mint.busy_until = mint.busy_until.max(now) + mint.time_for(hashes);
                Some(Task {
                    token,
                    source,
                    until: mint.busy_until,
                })
            }
            Sending::Redeeming(source) if verdict(answer) == Verdict::Served => {
                mint.granted += 1;
                mint.purses_of(source).grant(source, answer, now);
                None
            }
            Sending::Plain(_) | Sending::Redeeming(_) => None,
            Sending::Spending(purse) => {
                if let Some(purse) = purse.told(answer, now) {
                    mint.purses_of(purse.source).put_back(purse);
                }
                None
            }
        }
    }

    /// A request of this kind was not answered.
    pub fn not_answered(&mut self, sending: Sending) {
        if let (Sending::Spending(purse), Some(mint)) = (sending, &mut self.mint) {
            mint.purses_of(purse.source).put_back(purse);
        }
    }

    /// A challenge is solved; the solution is redeemed with the next request.
    pub fn solved(&mut self, source: IpAddr, solution: Option<Solution>) {
        if let Some(mint) = &mut self.mint {
            mint.asking = mint.asking.saturating_sub(1);
            mint.solved.extend(solution.map(|solution| (source, solution)));
        }
    }

    /// Clearances that it has worked for and that were not told yet.
    pub fn take_clearances(&mut self) -> u64 {
        let Some(mint) = &mut self.mint else { return 0 };
        let granted = mint.granted;
        granted - std::mem::replace(&mut mint.told, granted)
    }

    /// Where a clearance is used from.
    fn spender(&self, purse: &Purse, here: IpAddr) -> IpAddr {
        let shares = self
            .mint
            .as_ref()
            .is_some_and(|mint| mint.solving.shares_clearances);
        if shares { here } else { purse.source }
    }
}

/// What the next request of a flood is for.
enum Errand {
    Plain,
    Spend(Purse),
    Redeem(IpAddr, Solution),
}

impl Mint {
    fn new(solving: Solving, of: u64) -> Self {
        Self {
            solving: Solving {
                clearances: solving.clearances.div_ceil(of),
                ..solving
            },
            speed: (solving.hashes_per_second / of as f64).max(1.0),
            busy_until: Duration::ZERO,
            asking: 0,
            solved: VecDeque::new(),
            purses: HashMap::new(),
            granted: 0,
            told: 0,
        }
    }

    /// How long the machines compute so many hashes; what would take for ever, a day.
    fn time_for(&self, hashes: f64) -> Duration {
        Duration::try_from_secs_f64(hashes / self.speed).map_or(FOR_EVER, |time| time.min(FOR_EVER))
    }

    /// Redeems first, then spends what the machine has; works for more when all of that has to rest.
    fn errand(&mut self, machine: IpAddr, now: Duration) -> Errand {
        if let Some((source, solution)) = self.solved.pop_front() {
            return Errand::Redeem(source, solution);
        }
        self.purses_of(machine)
            .take(now)
            .map_or(Errand::Plain, Errand::Spend)
    }

    /// What a machine may spend.
    fn purses_of(&mut self, machine: IpAddr) -> &mut Purses {
        let whose = (!self.solving.shares_clearances).then_some(machine);
        self.purses.entry(whose).or_default()
    }

    fn wants_more(&self, now: Duration) -> bool {
        let coming = self.granted + self.asking + self.solved.len() as u64;
        coming < self.solving.clearances && self.busy_until <= now + AHEAD
    }
}
