//! A patient's way in a real browser, through real Envoy, to the real booking app.

/// Envoy is the host, so both must be there.
mod needs_envoy {
    use levee_behaviour::configuration::SECRET;
    use levee_testing::{Envoy, EnvoyConfig, EnvoyOptions, Origin, OriginOptions, tools};
    use serde_json::{Value, json};
    use std::{path::Path, process::Command};

    /// A browser looks for node by name, as whoever runs the script by hand does.
    const NODE: &str = "node";

    /// Runs the journey and returns what it says of itself. Its screenshots go to `target/levee/screenshots/NAME`.
    fn journey(name: &str, options: &[&str]) -> Value {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let origin = Origin::start(OriginOptions {
            binary: &tools::path(tools::ORIGIN),
            directory: directory.path(),
        })
        .unwrap_or_else(|error| panic!("{error}"));
        let envoy = edge(&origin);
        let module = tools::path(tools::WASM);
        let screenshots = module.with_file_name("screenshots").join(name);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/journey.mjs");
        let output = Command::new(NODE)
            .arg(script)
            .arg(format!("http://{}", envoy.address()))
            .arg(screenshots)
            .args(options)
            .output()
            .unwrap_or_else(|error| panic!("{NODE}: {error}"));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{said}\n{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            envoy.program().log()
        );
        said.lines()
            .last()
            .and_then(|line| serde_json::from_str(line).ok())
            .unwrap_or_default()
    }

    /// Envoy as it is shipped, in front of `origin`, with its free lane closed as in a flood.
    fn edge(origin: &Origin) -> Envoy {
        let configuration = json!({
            "keys": [{ "id": 1, "secret": SECRET }],
            "price": { "floor": 131_072 },
            "rules": [{ "name": "site", "access": "clearance" }],
            "page": { "site": "Bệnh viện Levee", "telephone": "1900 0000" },
        });
        let config = EnvoyConfig::shipped(&tools::root())
            .and_then(EnvoyConfig::with_free_ports)
            .and_then(|config| config.with_origin(origin.address()))
            .and_then(|config| config.with_module(&tools::path(tools::WASM)))
            .and_then(|config| config.with_plugin_configuration(&configuration.to_string()))
            .unwrap_or_else(|error| panic!("{error}"));
        Envoy::start(EnvoyOptions {
            binary: &tools::path(tools::ENVOY),
            config: &config,
            working_dir: &tools::root(),
            workers: 1,
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_patient_on_a_phone_gets_a_number_in_vietnamese() {
        let told = journey("phone-vi", &["--locale", "vi-VN", "--viewport", "360x740"]);
        assert_eq!(told["number"], "1", "{told}");
    }

    #[test]
    fn a_patient_whose_browser_may_not_run_webassembly_gets_a_number_in_english() {
        let told = journey(
            "desktop-en-without-wasm",
            &["--locale", "en-GB", "--viewport", "1280x800", "--without-wasm"],
        );
        assert_eq!(told["number"], "1", "{told}");
    }
}
