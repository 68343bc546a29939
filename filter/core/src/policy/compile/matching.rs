//! The conditions of rules.

use super::Compiler;
use crate::path::Path;
use crate::policy::{
    HeaderPattern, HostPattern, Matcher, PathPattern,
    settings::{HeaderSettings, MatchSettings, PathSettings},
};
use crate::request::Country;
use core::net::IpAddr;
use ipnet::IpNet;

impl Compiler<'_> {
    pub(super) fn matcher(&mut self, path: &str, settings: MatchSettings) -> Matcher {
        Matcher {
            methods: self.methods(path, settings.methods),
            path: settings.path.map(|pattern| self.path_pattern(path, pattern)),
            host: settings.host.map(|host| self.host_pattern(path, &host)),
            header: settings.header.map(|header| self.header_pattern(path, header)),
            clients: self.clients(path, &settings.clients),
            countries: self.countries(path, &settings.countries),
        }
    }

    fn methods(&mut self, path: &str, methods: Vec<String>) -> Vec<String> {
        for (index, method) in methods.iter().enumerate() {
            if method.is_empty()
                || !method
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
            {
                self.problems.add(
                    format_args!("{path}.methods[{index}]"),
                    format_args!(
                        "\"{}\" is no method; expected capital letters, as in \"GET\"",
                        method.escape_debug()
                    ),
                );
            }
        }
        methods
    }

    pub(super) fn path_pattern(&mut self, path: &str, settings: PathSettings) -> PathPattern {
        let (kind, text) = match &settings {
            PathSettings::Exact(text) => ("exact", text),
            PathSettings::Prefix(text) => ("prefix", text),
            PathSettings::Glob(text) => ("glob", text),
        };
        let path = format!("{path}.path.{kind}");
        let normalised = Path::of_target(text.as_bytes());
        // Rules are matched on what paths look like once they are normalised: a pattern that is not, never matches.
        if normalised.is_doubtful() || normalised.bytes() != text.as_bytes() {
            self.problems.add(
                &path,
                format_args!(
                    "\"{}\" can never match; expected a path that begins with /, is not percent-encoded, and has no query, \
                     no //, no dot segments and none of \\ ; # ? %",
                    text.escape_debug()
                ),
            );
        }
        if kind == "glob" && text.contains(['[', ']', '{', '}', '!', '?']) {
            self.problems
                .add(&path, "expected no other wildcards than * and **");
        }
        match settings {
            PathSettings::Exact(text) => PathPattern::Exact(text),
            PathSettings::Prefix(text) => PathPattern::Prefix(text),
            PathSettings::Glob(text) => PathPattern::Glob(text),
        }
    }

    fn host_pattern(&mut self, path: &str, host: &str) -> HostPattern {
        let (below, domain) = match host.strip_prefix("*.") {
            Some(domain) => (true, domain),
            None => (false, host),
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_address = || domain.parse::<IpAddr>().is_ok() || domain.starts_with('[');
        if domain.is_empty() || domain.ends_with('.') || !(domain.bytes().all(is_plain) || is_address()) {
            self.problems.add(
                format_args!("{path}.host"),
                format_args!(
                    "\"{}\" is no host; expected one without port, as in \"example.org\" or \"*.example.org\"",
                    host.escape_debug()
                ),
            );
        }
        let domain = domain.to_ascii_lowercase();
        if below {
            HostPattern::Below(domain)
        } else {
            HostPattern::Exact(domain)
        }
    }

    fn header_pattern(&mut self, path: &str, settings: HeaderSettings) -> HeaderPattern {
        let name = self.header_name(&format!("{path}.header"), &settings.name);
        HeaderPattern {
            name,
            value: settings.value,
        }
    }

    fn countries(&mut self, path: &str, codes: &[String]) -> Vec<Country> {
        let mut countries = Vec::with_capacity(codes.len());
        for (index, code) in codes.iter().enumerate() {
            match Country::parse(code) {
                Some(country) => countries.push(country),
                None => self.problems.add(
                    format_args!("{path}.countries[{index}]"),
                    format_args!(
                        "\"{}\" is no country; expected its code of two letters, as in \"VN\"",
                        code.escape_debug()
                    ),
                ),
            }
        }
        countries
    }

    pub(super) fn clients(&mut self, path: &str, texts: &[String]) -> Vec<IpNet> {
        let mut clients = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            match text
                .parse::<IpNet>()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            {
                Ok(IpNet::V6(net)) if let Some(address) = net.addr().to_ipv4_mapped() => self.problems.add(
                    format_args!("{path}.clients[{index}]"),
                    format_args!("\"{net}\" can never match, because such clients are known as IPv4; expected \"{address}\""),
                ),
                Ok(net) => clients.push(net),
                Err(_) => self.problems.add(
                    format_args!("{path}.clients[{index}]"),
                    format_args!(
                        "\"{}\" is no prefix; expected one as in \"192.0.2.0/24\" or \"2001:db8::/32\"",
                        text.escape_debug()
                    ),
                ),
            }
        }
        clients
    }
}
