//! Which changes of files are seen, and what becomes of those that are no good.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::symlink;

use crate::origin::{echo, nobody};
use crate::proxy::{Files, Proxy, admin};
use crate::support;

const MARK: &str = "x-guest: was here";

/// A proxy that watches its files; the filter leaves no mark yet.
fn watching(files: Files) -> Proxy {
    Proxy::serve(files, echo(), &["--workers", "1", "--watch"])
}

fn has_mark(proxy: &Proxy) -> bool {
    let answer = proxy.get("");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.contains(MARK)
}

#[test]
fn a_module_that_is_no_good_is_told_and_the_next_good_one_is_taken() {
    let proxy = watching(Files::new("sets_header", ""));
    proxy.files.replace("guest.wasm", "no module");
    proxy
        .log
        .wait_for("reload failed: generation 1 goes on serving: the module is not valid WebAssembly");
    assert!(has_mark(&proxy));

    proxy
        .files
        .replace("guest.wasm", support::guest("calls_too_early"));
    proxy.log.wait_for("the guest failed to start in VM canary");
    assert!(has_mark(&proxy));

    proxy.files.replace("guest.wasm", support::guest("opens_gate"));
    proxy.log.wait_for("reloaded: generation 2");
    assert!(!has_mark(&proxy));
}

#[test]
fn a_configuration_that_is_refused_is_told_with_what_the_filter_says() {
    let address = nobody();
    let arguments = ["--workers", "1", "--watch", "--admin", &address.to_string()];
    let proxy = Proxy::start("refuses_configuration", echo(), &arguments);
    let stats = |lines: [&str; 3]| {
        let stats = admin(address, "/stats");
        for line in lines {
            assert!(stats.contains(&format!("\n{line}\n")), "{line} is not in {stats}");
        }
    };
    proxy.files.replace("config.json", "{}");
    proxy.log.wait_for(
        "reload failed: generation 1 goes on serving: the guest refused its configuration \
         (proxy_on_configure returned false in VM canary)",
    );
    proxy.log.wait_for("  error: secret: is missing");
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    assert!(admin(address, "/ready").starts_with("HTTP/1.1 200 "));
    stats(["wasm.generation: 1", "wasm.reloads: 0", "wasm.reload_failures: 1"]);

    proxy.files.replace("config.json", "");
    proxy.log.wait_for("reloaded: generation 2");
    stats(["wasm.generation: 2", "wasm.reloads: 1", "wasm.reload_failures: 1"]);
}

#[test]
fn a_module_that_is_written_in_several_steps_is_taken_when_it_is_whole() {
    let proxy = watching(Files::new("opens_gate", ""));
    let module = support::guest("sets_header");
    let (half, rest) = module.split_at(module.len() / 2);
    let mut file = std::fs::File::create(proxy.files.path("guest.wasm")).expect("created");
    file.write_all(half).expect("written");
    proxy.log.wait_for("reload failed: generation 1 goes on serving");
    file.write_all(rest).expect("written");
    proxy.log.wait_for("reloaded: generation 2");
    assert!(has_mark(&proxy));
}

#[test]
fn files_are_seen_to_change_when_a_link_on_the_way_to_them_does() {
    let files = Files::new("opens_gate", "");
    let version = |name: &str, guest: &str| {
        std::fs::create_dir(files.path(name)).expect("created");
        std::fs::write(files.path(name).join("guest.wasm"), support::guest(guest)).expect("written");
    };
    version("..1", "opens_gate");
    version("..2", "sets_header");
    version("..3", "opens_gate");
    symlink("..1", files.path("..data")).expect("linked");
    std::fs::remove_file(files.path("guest.wasm")).expect("removed");
    symlink("..data/guest.wasm", files.path("guest.wasm")).expect("linked");
    let proxy = watching(files);
    assert!(!has_mark(&proxy));
    // As Kubernetes does it: the link that all others lead over is replaced at once, and the old directory removed.
    for (version, generation, marked) in [("..2", 2, true), ("..3", 3, false)] {
        symlink(version, proxy.files.path("..data_tmp")).expect("linked");
        std::fs::rename(proxy.files.path("..data_tmp"), proxy.files.path("..data")).expect("renamed");
        proxy.log.wait_for(&format!("reloaded: generation {generation}"));
        assert_eq!(has_mark(&proxy), marked);
    }
    // The directory that the link leads to now is watched, too.
    let module = proxy.files.path("..3").join("guest.wasm");
    std::fs::write(module, support::guest("sets_header")).expect("written");
    proxy.log.wait_for("reloaded: generation 4");
    assert!(has_mark(&proxy));
}

#[test]
fn a_directory_that_is_removed_and_made_again_is_watched_again() {
    let mut files = Files::new("opens_gate", "");
    files.module = "dist/release/guest.wasm";
    let build = |files: &Files, guest: &str| {
        std::fs::create_dir_all(files.path("dist/release")).expect("created");
        std::fs::write(files.path(files.module), support::guest(guest)).expect("written");
    };
    build(&files, "opens_gate");
    let proxy = watching(files);
    for (generation, guest) in [(2, "sets_header"), (3, "opens_gate")] {
        std::fs::remove_dir_all(proxy.files.path("dist")).expect("removed");
        build(&proxy.files, guest);
        proxy.log.wait_for(&format!("reloaded: generation {generation}"));
        assert_eq!(has_mark(&proxy), guest == "sets_header");
    }
}

#[test]
fn other_files_and_the_same_content_are_no_change() {
    let proxy = watching(Files::new("opens_gate", ""));
    proxy.files.replace("notes.txt", "not of the filter");
    proxy.files.replace("guest.wasm", support::guest("opens_gate"));
    let mut config = OpenOptions::new()
        .append(true)
        .open(proxy.files.path("config.json"))
        .expect("opened");
    config.write_all(b" ").expect("written");
    proxy.log.wait_for("reloaded: generation 2");
    proxy.files.replace("guest.wasm", support::guest("sets_header"));
    proxy.log.wait_for("reloaded: generation 3");
    assert_eq!(proxy.log.count("reloaded"), 2);
}

#[test]
fn sighup_reloads_with_and_without_watching() {
    for arguments in [&["--workers", "1"][..], &["--workers", "1", "--watch"][..]] {
        let proxy = Proxy::start("opens_gate", echo(), arguments);
        proxy.signal("HUP");
        proxy.log.wait_for("reloaded: generation 2");
        proxy.files.replace("guest.wasm", support::guest("sets_header"));
        proxy.signal("HUP");
        proxy.log.wait_for("reloaded: generation 3");
        assert!(has_mark(&proxy));
    }
}
