//! Servers that refuse.

use levee_origin::{
    config::Database,
    problem::Problem,
    store::{OpenError, Store, StoreError},
};

use super::super::{
    home::Home,
    server::Server,
    suite::{booking, now},
};
use crate::support::{Program, WebClient, program};

/// What is said of a database that cannot be opened.
async fn complaint(url: String) -> String {
    let Err(error) = Store::open(&Database::Postgres(url)).await else {
        panic!("it was opened")
    };
    assert!(
        matches!(
            error,
            OpenError::UnusableServer { .. } | OpenError::PostgresUrl(_)
        ),
        "{error}"
    );
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_let_in_is_named_and_the_password_is_not() {
    let server = tokio::task::block_in_place(Server::shared);
    tokio::task::block_in_place(|| {
        server.execute(
            "DO $$ BEGIN CREATE ROLE patient LOGIN PASSWORD 'the-right-one';
             EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                .to_owned(),
        );
    });
    let wrong = complaint(server.url_for("patient:s3cret", "postgres")).await;
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let none = complaint(server.url_of("nowhere")).await;
    assert!(
        none.contains("nowhere") && none.contains("does not exist"),
        "{none}"
    );
    let nobody = complaint("postgres://levee:s3cret@127.0.0.1:1/hospital".to_owned()).await;
    assert!(
        nobody.contains("hospital at 127.0.0.1") && nobody.contains("refused"),
        "{nobody}"
    );
    let unknown = complaint("postgres://levee:s3cret@host.invalid/hospital".to_owned()).await;
    assert!(unknown.contains("host.invalid"), "{unknown}");
    let url = complaint("postgres://levee:s3cret@127.0.0.1:port/hospital".to_owned()).await;
    assert!(
        url.contains("expected postgres://USER:PASSWORD@HOST/DATABASE"),
        "{url}"
    );
    let plain = complaint(format!("{}?sslmode=require", server.url_for("levee", "postgres"))).await;
    assert!(plain.contains("TLS"), "{plain}");
    for said in [wrong, none, nobody, unknown, url, plain] {
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypting_server_is_trusted_by_its_certificate_only() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("root.crt");
    std::fs::write(&certificate, made.cert.pem()).expect("the certificate is written");
    let server = tokio::task::block_in_place(|| {
        Server::start_encrypting(&made.cert.pem(), &made.signing_key.serialize_pem())
    });
    let url = format!("{}?sslmode=require", server.url_for("levee", "postgres"));

    let said = complaint(url.clone()).await;
    assert!(
        said.contains("UnknownIssuer") && said.contains("PGSSLROOTCERT"),
        "{said}"
    );
    let mut trusting = program(&url);
    trusting.env("PGSSLROOTCERT", &certificate);
    let origin = Program::start(trusting).await;
    let ready = WebClient::new(origin.address()).get("/readyz").await;
    assert_eq!(ready.expect("an answer").status, 200);

    let mut misled = program(&url);
    misled.env("PGSSLROOTCERT", folder.path().join("nowhere.crt"));
    let output = misled.output().await.expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("nowhere.crt") && said.contains("PEM"), "{said}");
    origin.kill().await;
    tokio::task::block_in_place(|| drop(server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_somebody_else_keeps_locked_is_told_and_used_again_when_it_is_free() {
    let home = Home::postgres();
    let store = home.open().await;
    store.book(booking(), 10, now()).await.expect("a ticket");
    let url = home.argument();
    let mut other = tokio::task::block_in_place(|| postgres::Client::connect(&url, postgres::NoTls))
        .expect("the server answers");
    tokio::task::block_in_place(|| other.batch_execute("BEGIN; LOCK TABLE queue IN EXCLUSIVE MODE"))
        .expect("the lock");
    let Err(refused) = store.book(booking(), 10, now()).await else {
        panic!("the lock was not respected")
    };
    assert!(matches!(refused, StoreError::Locked), "{refused}");
    assert_eq!(Problem::from(refused).status(), 503);
    tokio::task::block_in_place(|| other.batch_execute("ROLLBACK")).expect("the lock is given back");
    assert_eq!(
        store.book(booking(), 10, now()).await.expect("a ticket").number,
        2
    );
    tokio::task::block_in_place(|| drop(other));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_at_the_same_time_make_the_tables_once() {
    let home = Home::postgres();
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let database = home.database();
        opening.spawn(async move { Store::open(&database).await.map(|_| ()) });
    }
    for opened in opening.join_all().await {
        opened.expect("the database opens");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_has_ended_are_replaced_before_anybody_notices() {
    let home = Home::postgres();
    let store = home.open().await;
    for number in 1..20 {
        home.rows("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()").await;
        let ticket = store.book(booking(), 100, now()).await.expect("a ticket");
        assert_eq!(ticket.number, number);
        let place = store.find(ticket.code).await.expect("an answer");
        assert!(place.is_some());
    }
}
