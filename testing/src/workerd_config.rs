//! What workerd is configured with, in Cap'n Proto's text form.

use std::path::Path;

use crate::{WorkerdOptions, WranglerConfig, WranglerConfigError, tools};

/// The header for `request.cf`.
pub(crate) const CF: &str = "workerd-cf";

/// The Durable Object: its class and the binding that it has in the worker's environment.
const CLASS: &str = "LeveeLedger";
const BINDING: &str = "LEVEE_LEDGER";

/// The name of the socket, and of the service behind it, of the `nth` isolate.
pub(crate) fn socket(nth: usize) -> String {
    format!("levee-{nth}")
}

/// The whole configuration, for modules that are beside it, with the runtime's defaults that are deployed with.
///
/// # Errors
/// When these are not in the shipped configuration.
pub(crate) fn text(
    options: WorkerdOptions<'_>,
    modules: &[String],
    storage: &Path,
) -> Result<String, WranglerConfigError> {
    let deployed = WranglerConfig::shipped(&tools::root())?;
    let flags: Vec<String> = deployed.compatibility_flags()?.into_iter().map(quoted).collect();
    let defaults = format!(
        "compatibilityDate = {}, compatibilityFlags = [{}]",
        quoted(deployed.compatibility_date()?),
        flags.join(", ")
    );
    let modules = modules_list(modules);
    let mut services: Vec<String> = (0..options.isolates)
        .map(|nth| service(options, nth, &format!("{defaults}, modules = [{modules}]")))
        .collect();
    services.push(format!(
        "(name = \"origin\", external = (address = \"{}\", http = (cfBlobHeader = \"{CF}\")))",
        options.origin
    ));
    services.push(format!(
        "(name = \"storage\", disk = (path = {}, writable = true))",
        quoted(&storage.to_string_lossy())
    ));
    let sockets: Vec<String> = (0..options.isolates)
        .map(|nth| socket_entry(options, nth))
        .collect();
    Ok(format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\
         const config :Workerd.Config = (\n  services = [{}],\n  sockets = [{}],\n);\n",
        services.join(",\n"),
        sockets.join(",\n")
    ))
}

/// The main module comes first.
fn modules_list(names: &[String]) -> String {
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
            format!("(name = \"{name}\", {kind} = embed \"{name}\")")
        })
        .collect();
    entries.join(", ")
}

/// `code` is what all isolates have in common.
fn service(options: WorkerdOptions<'_>, nth: usize, code: &str) -> String {
    let owner = socket(0);
    let mut bindings: Vec<String> = options
        .bindings
        .iter()
        .map(|(name, text)| format!("(name = {}, text = {})", quoted(name), quoted(text)))
        .collect();
    bindings.push(format!(
        "(name = \"{BINDING}\", durableObjectNamespace = (className = \"{CLASS}\", serviceName = \"{owner}\"))"
    ));
    let objects = if nth == 0 {
        format!(
            "durableObjectNamespaces = [(className = \"{CLASS}\", uniqueKey = \"{BINDING}\", enableSql = true)], \
             durableObjectStorage = (localDisk = \"storage\"), "
        )
    } else {
        String::new()
    };
    format!(
        "(name = \"{}\", worker = ({code}, globalOutbound = \"origin\", {objects}bindings = [{}]))",
        socket(nth),
        bindings.join(", ")
    )
}

fn socket_entry(options: WorkerdOptions<'_>, nth: usize) -> String {
    let http = format!("(cfBlobHeader = \"{CF}\")");
    let protocol = match options.certificate {
        None => format!("http = {http}"),
        Some(certificate) => format!(
            "https = (options = {http}, tlsOptions = (keypair = (privateKey = {}, certificateChain = {})))",
            quoted(certificate.key),
            quoted(certificate.chain)
        ),
    };
    let name = socket(nth);
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
        let list = modules_list(&[
            "glue.js".to_owned(),
            "index.js".to_owned(),
            "levee.wasm".to_owned(),
        ]);
        assert_eq!(
            list,
            "(name = \"index.js\", esModule = embed \"index.js\"), \
             (name = \"glue.js\", esModule = embed \"glue.js\"), \
             (name = \"levee.wasm\", wasm = embed \"levee.wasm\")"
        );
    }
}
