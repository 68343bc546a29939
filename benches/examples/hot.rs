use levee_core::clearance::*;
use levee_core::ledger::MemoryLedger;
use levee_core::time::Timestamp;
use levee_core::token::{self, Secret, SigningKey};
use levee_core::*;
struct E(u64);
impl Entropy for E {
    fn draw(&mut self) -> Option<[u8; 16]> {
        self.0 += 1;
        let mut b = [0; 16];
        b[..8].copy_from_slice(&self.0.to_le_bytes());
        Some(b)
    }
}
fn main() {
    let kind = std::env::args().nth(1).unwrap();
    let n: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    let conf = match kind.as_str() {
        "free" => {
            r#"{"keys":[{"id":1,"secret":"c2lnbnMgdG9rZW5zIG9mIHRoZSBiZW5jaCBvbmx5ISE"}],"free_lane":{"requests_per_second":1000000,"burst":1000000},"prefix_quota":{"limit":1000000,"window_seconds":60}}"#
        }
        "refuse" => {
            r#"{"keys":[{"id":1,"secret":"c2lnbnMgdG9rZW5zIG9mIHRoZSBiZW5jaCBvbmx5ISE"}],"rules":[{"name":"site","access":"clearance"}],"clearance":{"quota":{"limit":1,"window_seconds":3600,"burst":1}}}"#
        }
        _ => {
            r#"{"keys":[{"id":1,"secret":"c2lnbnMgdG9rZW5zIG9mIHRoZSBiZW5jaCBvbmx5ISE"}],"rules":[{"name":"site","access":"clearance"}],"clearance":{"quota":{"limit":1000000,"window_seconds":60}}}"#
        }
    };
    let policy = Policy::from_json(conf.as_bytes()).unwrap();
    let mut ledger = MemoryLedger::new(policy.ledger);
    let filter = Filter::new(
        policy,
        Assets {
            solver: b"",
            client: b"",
        },
    );
    let key = SigningKey::new(
        1,
        &Secret::new(b"signs tokens of the bench only!!".to_vec()).unwrap(),
    );
    let now = 1_700_000_000u64;
    let c = Clearance {
        lane: Lane::Work,
        issued_at: now,
        expires_at: now + 3600,
        work: 1 << 20,
        id: [7; 16],
    };
    let cookie = format!(
        "levee={}; consent=necessary; theme=dark; language=vi; session=888888888888888888888888888888888888888888888888888888888888888888888888888888888888",
        token::encode(&c.seal(&key))
    );
    let plain = "consent=necessary; theme=dark; language=vi; session=888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888888";
    let ck: &str = if kind == "admit" || kind == "refuse" {
        &cookie
    } else {
        plain
    };
    let h: Vec<(&[u8],&[u8])>=[(":method","GET"),(":path","/departments/cardiology?day=2024-03-14"),(":authority","booking.example"),(":scheme","http"),
   ("user-agent","Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"),
   ("accept","text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"),
   ("accept-language","vi-VN,vi;q=0.9,en-GB;q=0.8,en;q=0.7"),("accept-encoding","gzip, deflate, br, zstd"),("referer","https://booking.example/departments/cardiology?day=2024-03-14&session=morning"),
   ("cache-control","max-age=0"),("upgrade-insecure-requests","1"),("sec-fetch-dest","document"),("sec-fetch-mode","navigate"),("sec-fetch-site","same-origin"),("sec-fetch-user","?1"),("priority","u=0, i"),("cookie",ck),("x-forwarded-for","10.1.2.3"),("x-request-id","6f1f3c55-5e0b-4c0e-9d2e-9a7b1c0d2e3f"),("x-forwarded-proto","http")].iter().map(|(a,b)|(a.as_bytes(),b.as_bytes())).collect();
    let mut e = E(0);
    let mut sum = 0usize;
    for i in 0..n {
        let peer = Some(std::net::IpAddr::from(std::net::Ipv4Addr::from(
            0x0a000000 + i % 1000,
        )));
        let request = Request::new(&h, peer);
        let d = filter.decide(
            &request,
            Ports {
                now: Timestamp::from_nanos(now * 1_000_000_000 + u64::from(i) * 1000),
                ledger: &mut ledger,
                entropy: &mut e,
            },
        );
        sum += d.field().len();
    }
    println!("{sum}");
}
