//! What workerd is configured with, in Cap'n Proto's text form.

use std::path::Path;

use crate::{Certificate, Objects, Worker, WorkerdOptions, WranglerConfig, WranglerConfigError, tools};

/// The header for `request.cf`.
pub(crate) const CF: &str = "workerd-cf";

/// The service that keeps what Durable Objects store, and the folder that it has unless another is wanted.
pub(crate) const STORAGE: &str = "storage";

/// A worker and the names of its modules, which are in a folder of its name beside the configuration.
type Service<'a> = (&'a Worker<'a>, Vec<String>);

/// The whole configuration, with the runtime's defaults that are deployed with.
///
/// # Errors
/// When these are not in the shipped configuration.
pub(crate) fn text(
    options: WorkerdOptions<'_>,
    services: &[Service<'_>],
    storage: &Path,
) -> Result<String, WranglerConfigError> {
    let deployed = WranglerConfig::shipped(&tools::root())?;
    let flags: Vec<String> = deployed.compatibility_flags()?.into_iter().map(quoted).collect();
    let defaults = format!(
        "compatibilityDate = {}, compatibilityFlags = [{}]",
        quoted(deployed.compatibility_date()?),
        flags.join(", ")
    );
    let mut services: Vec<String> = services
        .iter()
        .map(|(worker, modules)| service(worker, modules, &defaults))
        .collect();
    services.push(format!(
        "(name = \"origin\", external = (address = \"{}\", http = (cfBlobHeader = \"{CF}\")))",
        options.origin
    ));
    services.push(format!(
        "(name = \"{STORAGE}\", disk = (path = {}, writable = true))",
        quoted(&storage.to_string_lossy())
    ));
    let sockets: Vec<String> = options
        .workers
        .iter()
        .map(|worker| socket(&worker.name, options.certificate))
        .collect();
    Ok(format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\
         const config :Workerd.Config = (\n  services = [{}],\n  sockets = [{}],\n);\n",
        services.join(",\n"),
        sockets.join(",\n")
    ))
}

fn service(worker: &Worker<'_>, modules: &[String], defaults: &str) -> String {
    let name = &worker.name;
    let modules = modules_list(name, modules);
    let mut bindings: Vec<String> = worker
        .bindings
        .iter()
        .map(|(name, text)| format!("(name = {}, text = {})", quoted(name), quoted(text)))
        .collect();
    let mut objects = String::new();
    if let Some(Objects {
        class,
        binding,
        owner,
    }) = &worker.objects
    {
        bindings.push(format!(
            "(name = \"{binding}\", durableObjectNamespace = (className = \"{class}\", serviceName = \"{owner}\"))"
        ));
        if owner == name {
            objects = format!(
                "durableObjectNamespaces = [(className = \"{class}\", uniqueKey = \"{owner}\", enableSql = true)], \
                 durableObjectStorage = (localDisk = \"{STORAGE}\"), "
            );
        }
    }
    format!(
        "(name = \"{name}\", worker = ({defaults}, modules = [{modules}], globalOutbound = \"origin\", \
         {objects}bindings = [{}]))",
        bindings.join(", ")
    )
}

/// The main module comes first.
fn modules_list(folder: &str, names: &[String]) -> String {
    let (main, others): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == "index.js");
    let entries: Vec<String> = main
        .into_iter()
        .chain(others)
        .map(|name| {
            let kind = if name.ends_with(".wasm") {
                "wasm"
            } else {
                "esModule"
            };
            format!("(name = \"{name}\", {kind} = embed \"{folder}/{name}\")")
        })
        .collect();
    entries.join(", ")
}

fn socket(name: &str, certificate: Option<Certificate<'_>>) -> String {
    let http = format!("(cfBlobHeader = \"{CF}\")");
    let protocol = match certificate {
        None => format!("http = {http}"),
        Some(certificate) => format!(
            "https = (options = {http}, tlsOptions = (keypair = (privateKey = {}, certificateChain = {})))",
            quoted(certificate.key),
            quoted(certificate.chain)
        ),
    };
    format!("(name = \"{name}\", address = \"127.0.0.1:0\", {protocol}, service = \"{name}\")")
}

/// A text as Cap'n Proto writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_with_what_would_end_it() {
        assert_eq!(quoted("{\"a\\b\":\n\"Bệnh\"}"), r#""{\"a\\b\":\n\"Bệnh\"}""#);
    }

    #[test]
    fn the_main_module_comes_first() {
        let list = modules_list(
            "levee",
            &[
                "glue.js".to_owned(),
                "index.js".to_owned(),
                "levee.wasm".to_owned(),
            ],
        );
        assert_eq!(
            list,
            "(name = \"index.js\", esModule = embed \"levee/index.js\"), \
             (name = \"glue.js\", esModule = embed \"levee/glue.js\"), \
             (name = \"levee.wasm\", wasm = embed \"levee/levee.wasm\")"
        );
    }
}
