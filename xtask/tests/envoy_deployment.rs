//! The configuration under `deploy/envoy/`, as it stands but for its ports, in real Envoy with the real module.

mod needs_envoy {
    use std::{error::Error, fs, os::unix::fs::symlink, path::Path};

    use levee_testing::{Envoy, EnvoyConfig, EnvoyOptions, Origin, OriginOptions, tools};
    use tempfile::TempDir;

    type Result = std::result::Result<(), Box<dyn Error>>;

    struct Edge {
        envoy: Envoy,
        _origin: Origin,
        _folder: TempDir,
    }

    impl Edge {
        fn start() -> std::result::Result<Self, Box<dyn Error>> {
            let folder = tempfile::tempdir()?;
            let origin = Origin::start(OriginOptions {
                binary: &tools::path(tools::ORIGIN),
                directory: folder.path(),
                payments: None,
                desk_token_file: None,
            })?;
            place_module(folder.path())?;
            let config = EnvoyConfig::shipped(&tools::root())?
                .with_free_ports()?
                .with_origin(origin.address())?;
            let envoy = Envoy::start(EnvoyOptions {
                binary: &tools::path(tools::ENVOY),
                config: &config,
                working_dir: folder.path(),
                workers: 1,
            })?;
            Ok(Self {
                envoy,
                _origin: origin,
                _folder: folder,
            })
        }

        fn url(&self, path: &str) -> String {
            format!("http://{}{path}", self.envoy.address())
        }
    }

    /// Puts the module where the configuration looks for it, seen from `folder`.
    fn place_module(folder: &Path) -> std::io::Result<()> {
        let levee = folder.join("target/levee");
        fs::create_dir_all(&levee)?;
        symlink(tools::path(tools::WASM), levee.join("levee.wasm"))
    }

    fn client() -> ureq::Agent {
        ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .into()
    }

    #[test]
    fn a_visitor_gets_the_origins_page_and_the_access_log_tells_the_verdict() -> Result {
        let mut edge = Edge::start()?;
        let answer = client()
            .get(edge.url("/"))
            .header("levee-verdict", "forged")
            .call()?;
        assert_eq!(answer.status(), 200);
        let line = edge.envoy.program_mut().wait_until(|envoy| {
            envoy
                .log()
                .lines()
                .find(|line| line.contains("\"verdict\":\""))
                .map(str::to_owned)
        })?;
        assert!(line.contains("\"verdict\":\"forward;"), "{line}");
        Ok(())
    }

    #[test]
    fn a_header_with_an_underscore_is_refused_before_the_filter() -> Result {
        let edge = Edge::start()?;
        let answer = client()
            .get(edge.url("/"))
            .header("levee_client", "forged")
            .call()?;
        assert_eq!(answer.status(), 400);
        Ok(())
    }

    #[test]
    fn the_filter_answers_its_own_paths() -> Result {
        let edge = Edge::start()?;
        let answer = client()
            .post(edge.url("/.well-known/levee/redeem"))
            .send_empty()?;
        assert!(answer.status().is_client_error(), "{answer:?}");
        let kind = answer
            .headers()
            .get("content-type")
            .and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"));
        Ok(())
    }
}
