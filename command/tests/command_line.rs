//! The command line itself: help that shows how, and completions that shells take.

use std::io::Write as _;
use std::process::{Command, Stdio};

fn levee(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_levee"))
        .args(arguments)
        .output()
        .expect("the command runs");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// The subcommands, as the help lists them.
fn subcommands() -> Vec<String> {
    let help = levee(&["--help"]);
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    let names = list.lines().take_while(|line| !line.is_empty());
    // A description that does not fit its line goes on further in.
    let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned);
    names.filter(|name| name != "help").collect()
}

#[test]
fn the_help_of_every_subcommand_shows_how_it_is_used() {
    let subcommands = subcommands();
    for expected in ["serve", "check", "inspect", "solve", "completions"] {
        assert!(
            subcommands.iter().any(|name| name == expected),
            "{expected} is not in {subcommands:?}"
        );
    }
    for name in subcommands {
        for flag in ["--help", "-h"] {
            let help = levee(&[&name, flag]);
            let (_, examples) = help
                .split_once("\nExamples:\n")
                .unwrap_or_else(|| panic!("no examples: {help}"));
            assert!(
                examples.contains(&format!("levee {name}")),
                "no example of {name}: {examples}"
            );
        }
    }
}

#[test]
fn completions_are_scripts_that_name_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = levee(&["completions", shell]);
        for name in subcommands() {
            assert!(script.contains(&name), "{shell}: no {name}");
        }
        let completes_values = !matches!(shell, "elvish" | "powershell");
        assert!(
            !completes_values || script.contains("ngx_wasm_module"),
            "{shell}: no value of inspect's --host"
        );
    }
}

#[test]
fn bash_takes_its_completions() {
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is installed");
    let mut stdin = bash.stdin.take().expect("piped");
    stdin
        .write_all(levee(&["completions", "bash"]).as_bytes())
        .expect("written");
    drop(stdin);
    let output = bash.wait_with_output().expect("bash ends");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
