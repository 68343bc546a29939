//! The document that describes the interface.

use std::{collections::BTreeSet, fs, path::Path};

use http::{Method, Request};
use levee_origin::{department::Department, session::Session};
use serde_json::{Map, Value};

use crate::support::App;

/// The copy that developers of apps read.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/booking-api.json");

/// Writes the copy anew instead of comparing it.
const BLESS: &str = "LEVEE_BLESS";

/// Methods that an address answers without being described.
const IMPLIED: [Method; 2] = [Method::HEAD, Method::OPTIONS];

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let served = App::start().await.get("/api/openapi.json").await;
    assert_eq!(
        (served.status.as_u16(), served.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(served.json()["openapi"], "3.1.0");
    if std::env::var_os(BLESS).is_some() {
        fs::write(Path::new(COMMITTED), &served.body).unwrap();
    }
    assert!(
        fs::read_to_string(COMMITTED).unwrap_or_default() == served.body,
        "docs/booking-api.json is not current: \
         {BLESS}=1 cargo test -p levee-origin --test origin the_committed_document"
    );
}

#[tokio::test]
async fn every_address_answers_the_methods_that_are_described_and_refuses_all_others() {
    let app = App::start().await;
    let document = app.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 9);
    for (path, operations) in paths {
        let described = methods(operations.as_object().unwrap());
        let address = path.replace("{code}", "0000-0000-0000-0000");
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::TRACE,
        ] {
            let request = Request::builder().method(method.clone()).uri(&address);
            let answer = app.client().send(request, "").await.unwrap();
            let known =
                described.contains(&method) || method == Method::HEAD && described.contains(&Method::GET);
            assert_eq!(answer.status == 405, !known, "{method} {path}: {}", answer.status);
            if known && method != Method::HEAD {
                assert!(
                    answer.status.is_success()
                        || answer.json()["type"] != "urn:levee-origin:problem:not-found",
                    "{method} {path}"
                );
            } else if !known {
                assert_eq!(allowed(answer.header("allow")), described, "{method} {path}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
        }
        let request = Request::builder().method(Method::OPTIONS).uri(&address);
        let options = app.client().send(request, "").await.unwrap();
        assert_eq!(options.status, 204, "{path}");
        assert_eq!(allowed(options.header("allow")), described, "{path}");
    }
}

/// The methods of a path's operations.
fn methods(operations: &Map<String, Value>) -> BTreeSet<Method> {
    operations
        .keys()
        .map(|name| name.to_uppercase().parse().unwrap())
        .collect()
}

/// The methods of an `Allow`, but for the implied ones.
fn allowed(header: &str) -> BTreeSet<Method> {
    let methods = header.split(',').map(|name| name.trim().parse().unwrap());
    methods.filter(|method| !IMPLIED.contains(method)).collect()
}

#[tokio::test]
async fn departments_and_sessions_are_described_by_the_slugs_that_are_taken() {
    let document = App::start().await.get("/api/openapi.json").await.json();
    let slugs = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(
        slugs("Department"),
        Value::from(Department::ALL.map(Department::slug).to_vec())
    );
    assert_eq!(
        slugs("Session"),
        Value::from(Session::ALL.map(Session::slug).to_vec())
    );
}

#[tokio::test]
async fn every_problem_is_described_with_its_type_title_and_status() {
    let document = App::start().await.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
    let mut examples = 0;
    for operation in operations {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                continue;
            }
            let response = response["$ref"].as_str().map_or(response, |reference| {
                document.pointer(reference.trim_start_matches('#')).unwrap()
            });
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem");
            for (name, example) in content["examples"].as_object().unwrap() {
                let problem = &example["value"];
                assert_eq!(problem["type"], format!("urn:levee-origin:problem:{name}"));
                assert_eq!(problem["status"].to_string(), *status);
                assert!(!problem["title"].as_str().unwrap().is_empty());
                examples += 1;
            }
        }
    }
    assert!(examples >= 9 * 5, "{examples}");
}
