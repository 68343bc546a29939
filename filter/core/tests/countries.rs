//! Rules for the country of a client's address, which only some hosts tell.

use levee_core::{Policy, Request, client::LazyClient, path::Path, request::Country};
use serde_json::json;

#[test]
fn a_rule_for_countries_is_for_clients_whose_country_the_host_tells() {
    let configuration = json!({
        "keys": [{ "id": 1, "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }],
        "rules": [{ "name": "abroad", "access": "clearance", "match": { "countries": ["US", "kp", "T1"] } }],
    });
    let Ok(policy) = Policy::from_json(configuration.to_string().as_bytes()) else {
        panic!("{configuration} is refused")
    };
    let rule_for = |country: Option<&str>| {
        let headers = [(&b":method"[..], &b"GET"[..]), (&b":path"[..], &b"/"[..])];
        let request = Request::new(&headers, None).from_country(country.and_then(Country::parse));
        let client = LazyClient::new(&policy.identification, &request);
        let rule = policy.rule_for(&request, &Path::of_target(b"/"), &client);
        rule.name.clone()
    };
    for country in ["US", "us", "KP", "T1"] {
        assert_eq!(rule_for(Some(country)), "abroad", "{country}");
    }
    for country in [None, Some("VN"), Some("XX"), Some("U"), Some("USA"), Some("Việt")] {
        assert_eq!(rule_for(country), "default", "{country:?}");
    }
}
