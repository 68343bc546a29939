//! Finding the rule that a request meets, when it is the last of many.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use levee_behaviour::{Message, configuration::with};
use levee_core::{client::LazyClient, path::Path};
use serde_json::{Value, json};

use crate::{request::Received, site, situation};

/// A site with that many rules: paths of all three kinds, and some with a method besides. Only the last one is for `/book`.
pub(crate) fn configuration(count: usize) -> Value {
    let rule = |number: usize| {
        let path = match number % 3 {
            _ if number + 1 == count => json!({ "prefix": "/book" }),
            0 => json!({ "prefix": format!("/departments/{number}") }),
            1 => json!({ "exact": format!("/doctors/{number}/hours") }),
            _ => json!({ "glob": format!("/pictures/{number}/*.webp") }),
        };
        let mut conditions = json!({ "path": path });
        if number.is_multiple_of(4) {
            conditions["methods"] = json!(["GET", "HEAD"]);
        }
        json!({ "name": format!("rule-{number}"), "match": conditions, "access": "clearance" })
    };
    with(situation::site(), "rules", (0..count).map(rule).collect())
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let received = Received::from(Message {
        target: b"/book/2024-03-14".to_vec(),
        ..situation::browser(0, "theme=dark")
    });
    let views = received.views();
    let request = received.request(&views);
    let path = Path::of_target(b"/book/2024-03-14");

    let mut group = criterion.benchmark_group("rules");
    for count in [10, 100, 1_000] {
        let policy = site::policy(&configuration(count));
        let client = LazyClient::new(&policy.identification, &request);
        let found = policy.rule_for(&request, &path, &client);
        assert_eq!(found.name, format!("rule-{}", count - 1));
        group.bench_function(BenchmarkId::new("last of", count), |bencher| {
            bencher.iter(|| policy.rule_for(black_box(&request), black_box(&path), &client));
        });
    }
    group.finish();
}
