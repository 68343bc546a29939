//! Arguments and configurations that are right or wrong.

use std::process::Output;

use crate::proxy::Files;

#[test]
fn serve_does_not_start_with_a_configuration_that_the_filter_refuses() {
    let files = Files::new("refuses_configuration", "{}");
    let output = files
        .command("serve")
        .args(["--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1"])
        .output()
        .expect("runs");
    refused(&output);
}

#[test]
fn check_accepts_and_refuses_as_the_filter_does() {
    let good = Files::new("refuses_configuration", "")
        .command("check")
        .output()
        .expect("runs");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let bad = Files::new("refuses_configuration", "{}")
        .command("check")
        .output()
        .expect("runs");
    refused(&bad);
}

fn refused(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for problem in [
        "rules[0].path: must begin with \"/\"",
        "secret: is missing",
        "the guest refused its configuration",
    ] {
        assert!(text.contains(problem), "{text}");
    }
}

#[test]
fn wrong_arguments_say_what_would_be_right() {
    let serve = |upstream: &str| {
        let files = Files::new("loops", "");
        let output = files
            .command("serve")
            .args(["--listen", "127.0.0.1:0", "--upstream", upstream])
            .output();
        let output = output.expect("runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(serve("https://127.0.0.1:1").contains("http://127.0.0.1:8000"));
    assert!(serve("nonsense").contains("http://127.0.0.1:8000"));

    let files = Files::new("loops", "");
    std::fs::remove_file(files.path("config.json")).expect("removed");
    let output = files.command("check").output().expect("runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read the configuration"));
}

#[test]
fn what_cannot_be_watched_is_told_with_what_works_instead() {
    let files = Files::new("sets_header", "");
    let configuration = files.path("config.json");
    std::fs::remove_file(&configuration).expect("removed");
    std::os::unix::fs::symlink("/dev/null", &configuration).expect("linked");
    let output = files
        .command("serve")
        .args(["--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1"])
        .arg("--watch")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "error: --watch does not work here; without it, SIGHUP reloads: \
             cannot watch {} for changes: it is no regular file\n",
            configuration.display()
        )
    );
}
