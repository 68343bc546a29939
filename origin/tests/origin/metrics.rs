//! What an operator's monitoring sees.

use http::Request;

use crate::support::{JSON, Program, WebClient, program};

#[tokio::test]
async fn bookings_and_requests_are_counted_by_route_and_never_by_who_asked() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command.args(["--metrics-listen", "127.0.0.1:0", "--capacity", "1"]);
    let mut origin = Program::start(command).await;
    let metrics = WebClient::new(origin.metrics_address().await);
    let patients = WebClient::new(origin.address());

    let day = patients.get("/api/departments").await.unwrap().json()["days"][1].clone();
    let body =
        format!(r#"{{"department":"cardiology","day":{day},"session":"morning","phone":"0912345678"}}"#);
    let book = async || {
        let request = Request::post("/api/tickets").header("content-type", JSON);
        patients.send(request, body.clone()).await.unwrap()
    };
    let code = book().await.issued().code;
    assert_eq!(book().await.status, 409);
    assert_eq!(
        patients
            .get(&format!("/api/tickets/{code}"))
            .await
            .unwrap()
            .status,
        200
    );
    assert_eq!(
        patients.get("/wp-login.php?x=0912345678").await.unwrap().status,
        404
    );

    let scrape = metrics.get("/metrics").await.unwrap();
    assert_eq!(
        scrape.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    for line in [
        r#"levee_origin_bookings_total{outcome="booked"} 1"#,
        r#"levee_origin_bookings_total{outcome="full"} 1"#,
        r#"levee_origin_bookings_total{outcome="busy"} 0"#,
        r#"levee_origin_http_request_duration_seconds_count{method="POST",route="/api/tickets",status="2xx"} 1"#,
        r#"levee_origin_http_request_duration_seconds_count{method="POST",route="/api/tickets",status="4xx"} 1"#,
        r#"levee_origin_http_request_duration_seconds_count{method="GET",route="/api/tickets/{code}",status="2xx"} 1"#,
        r#"levee_origin_http_request_duration_seconds_count{method="GET",route="none",status="4xx"} 1"#,
        r#"levee_origin_payment_callbacks_total{outcome="recorded"} 0"#,
        r#"levee_origin_store_waiting{access="write"} 0"#,
        "levee_origin_streams 0",
        concat!(
            r#"levee_origin_build_info{version=""#,
            env!("CARGO_PKG_VERSION"),
            r#""} 1"#
        ),
    ] {
        assert!(
            scrape.body.lines().any(|other| other == line),
            "no {line} in\n{}",
            scrape.body
        );
    }
    assert!(scrape.body.ends_with("# EOF\n"));
    for personal in ["0912345678", &code, "wp-login"] {
        assert!(!scrape.body.contains(personal), "{}", scrape.body);
    }
}

#[tokio::test]
async fn patients_do_not_reach_the_metrics_nor_scrapes_the_app() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    let mut origin = Program::start(command).await;
    let metrics = WebClient::new(origin.metrics_address().await);
    let patients = WebClient::new(origin.address());
    assert_eq!(patients.get("/metrics").await.unwrap().status, 404);
    for path in ["/", "/desk", "/healthz", "/api/departments"] {
        assert_eq!(metrics.get(path).await.unwrap().status, 404, "{path}");
    }
}

#[tokio::test]
async fn connections_are_counted_while_they_are_open() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    let mut origin = Program::start(command).await;
    let metrics = WebClient::new(origin.metrics_address().await);
    let open = async || {
        let scrape = metrics.get("/metrics").await.unwrap();
        let line = scrape
            .body
            .lines()
            .find(|line| line.starts_with("levee_origin_connections "));
        line.and_then(|line| line.split_whitespace().nth(1))
            .map(str::to_owned)
    };
    let held: Vec<_> = [(), (), ()]
        .map(|()| std::net::TcpStream::connect(origin.address()).unwrap())
        .into();
    while open().await.as_deref() != Some("3") {}
    drop(held);
    while open().await.as_deref() != Some("0") {}
}
