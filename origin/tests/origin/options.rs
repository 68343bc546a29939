//! Options that cannot be followed end the program before it listens, and it says what would be right.

use std::path::Path;

use tokio::process::Command;

use crate::{start_and_end::complaint, support::program};

fn with(directory: &Path, options: &[&str]) -> Command {
    let mut command = program(directory.join("tickets.db"));
    command.args(options);
    command
}

#[tokio::test]
async fn options_that_cannot_be_followed_are_refused_with_what_would_be_right() {
    let directory = tempfile::tempdir().unwrap();
    for (options, words) in [
        (["--pay-to", "970436"], ["--pay-to", "970436:0123456789"]),
        (
            ["--pay-to", "vietcombank:0123"],
            ["six digits", "970436:0123456789"],
        ),
        (
            ["--public-url", "booking.example"],
            ["--public-url", "https://booking.example"],
        ),
        (
            ["--public-url", "https://"],
            ["--public-url", "https://booking.example"],
        ),
        (
            ["--fee", "10000000000000"],
            ["--fee 10000000000000", "9999999999999"],
        ),
        (["--fee", "free"], ["--fee", "invalid digit"]),
        (["--capacity", "0"], ["--capacity", "1..=100000"]),
        (["--retention-days", "4000"], ["--retention-days", "0..=3650"]),
        (["--drain-seconds", "601"], ["--drain-seconds", "0..=600"]),
        (
            ["--notice-seconds", "soon"],
            ["--notice-seconds", "invalid digit"],
        ),
        (
            ["--metrics-listen", "9100"],
            ["--metrics-listen", "socket address"],
        ),
        (
            ["--payment-key-file", "/nowhere/key"],
            ["/nowhere/key", "may read"],
        ),
        (
            ["--desk-token-file", "/nowhere/token"],
            ["/nowhere/token", "--desk-token-file"],
        ),
    ] {
        let said = complaint(with(directory.path(), &options)).await;
        for word in words {
            assert!(said.contains(word), "{options:?}: {said}");
        }
    }
    assert!(
        !directory.path().join("tickets.db").exists(),
        "options are looked at before a database is made"
    );
}

#[tokio::test]
async fn a_name_that_banks_do_not_write_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let options = ["--pay-to", "970436:0123456789", "--pay-name", "Bệnh viện"];
    let said = complaint(with(directory.path(), &options)).await;
    assert!(
        said.contains("--pay-name") && said.contains("without accents"),
        "{said}"
    );
}

#[tokio::test]
async fn a_key_file_that_holds_no_secret_is_refused_without_showing_what_it_holds() {
    let directory = tempfile::tempdir().unwrap();
    let key_file = directory.path().join("key");
    let short = "whsec_c2hvcnQ=";
    let long_enough = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for (content, words) in [
        (String::new(), ["has 0 secrets", "one a line"]),
        ("\n \n".to_owned(), ["has 0 secrets", "one a line"]),
        (short.to_owned(), ["line 1", "24 to 64 bytes"]),
        (format!("{long_enough}\n{short}\n"), ["line 2", "24 to 64 bytes"]),
        (long_enough.replace("whsec_", ""), ["line 1", "whsec_"]),
        (
            format!("{long_enough}\n").repeat(3),
            ["has 3 secrets", "at most 2"],
        ),
    ] {
        std::fs::write(&key_file, &content).unwrap();
        let options = ["--payment-key-file", key_file.to_str().unwrap()];
        let said = complaint(with(directory.path(), &options)).await;
        for word in words {
            assert!(said.contains(word), "{content:?}: {said}");
        }
        assert!(!said.contains("c2hvcnQ") && !said.contains("AAECAw"), "{said}");
    }
    std::fs::write(&key_file, b"whsec_\xff\xfe").unwrap();
    let said = complaint(with(
        directory.path(),
        &["--payment-key-file", key_file.to_str().unwrap()],
    ))
    .await;
    assert!(said.contains("cannot read --payment-key-file"), "{said}");
}

#[tokio::test]
async fn metrics_want_an_address_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_levee-origin"));
    command
        .arg("--database")
        .arg(directory.path().join("tickets.db"))
        .args(["--listen", "127.0.0.1:8089", "--metrics-listen", "127.0.0.1:8089"]);
    let said = complaint(command).await;
    assert!(
        said.contains("are both 127.0.0.1:8089") && said.contains("port of their own"),
        "{said}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = complaint(with(directory.path(), &["--metrics-listen", &address])).await;
    assert!(
        said.contains("(--metrics-listen)") && said.contains("choose another port"),
        "{said}"
    );
}
