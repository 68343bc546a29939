//! What `levee inspect` tells people: what matters most first, in lines that fit a terminal.

mod sizes;
mod text;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use levee_harness::inspect::{
    Compatibility, Effect, Finding, ImportKind, Inspection, Start, Tool, Verdict,
    abi::{ExportGroup, FunctionGroup, HostFunction},
    hints::Weight,
    hosts::Host,
};

use self::text::{or_none, safe, shorten, size};

/// Columns of the widest line.
const WIDTH: u16 = 100;

/// Longest name that is shown.
const MAX_NAME: usize = 76;

/// Most imports that are told together as unknown.
const MAX_UNKNOWN: usize = 4;

/// Most items of a list whose length a module decides.
const MAX_ITEMS: usize = 12;

/// The whole report. Hosts that were asked for by name are told everything about.
pub(super) fn of(name: &str, inspection: &Inspection, chosen: &[&'static Host], by_name: bool) -> String {
    let mut report = Report(String::new());
    report.summary(name, inspection);
    report.problems(inspection, chosen);
    if inspection.exports.abi.is_some() {
        if by_name {
            report.chosen_hosts(inspection, chosen);
        } else {
            report.hosts(inspection);
        }
    }
    report.hints(inspection);
    report.interface(inspection);
    report.sizes(inspection);
    report.0
}

struct Report(String);

impl Report {
    fn title(&mut self, title: &str) {
        self.line(&format!("\n{title}"));
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn table(&mut self, table: &Table) {
        for line in table.lines() {
            self.line(line.trim_end());
        }
    }

    /// Rows of a label and a text, the text wrapped.
    fn rows<L: Into<String>>(&mut self, rows: impl IntoIterator<Item = (L, String)>) {
        let mut table = plain_table();
        for (label, text) in rows {
            table.add_row([format!("  {}", label.into()), text]);
        }
        if !table.is_empty() {
            self.table(&table);
        }
    }

    fn summary(&mut self, name: &str, inspection: &Inspection) {
        let what = match inspection.exports.abi {
            Some(abi) => format!("a filter of Proxy-Wasm ABI {abi}"),
            None => "no Proxy-Wasm filter that any host knows".to_owned(),
        };
        self.line(&format!("{}: {what}", safe(name)));
        let sizes = &inspection.sizes;
        let memory = sizes.memories.first().map_or("none".to_owned(), |memory| {
            let maximum = memory.maximum_bytes.map_or("no maximum".to_owned(), |bytes| {
                format!("at most {}", size(bytes))
            });
            format!("{} at the start, {maximum}", size(memory.initial_bytes))
        });
        let start = match inspection.start {
            Start::Reactor { main: None } => "_initialize".to_owned(),
            Start::Reactor { main: Some(main) } => format!("_initialize, then {main}"),
            Start::Command => "_start".to_owned(),
            Start::None if inspection.start_function.is_some() => "its start function".to_owned(),
            Start::None => "nothing".to_owned(),
        };
        let allocators = ["malloc", "proxy_on_memory_allocate"].into_iter();
        let allocators: Vec<&str> = allocators.filter(|name| inspection.exports.has(name)).collect();
        let mut rows = vec![
            (
                "size",
                format!("{}, compressed {}", size(sizes.bytes), size(sizes.gzip_bytes)),
            ),
            ("memory", memory),
            ("started by", start),
            ("allocator", or_none(&allocators)),
        ];
        if let Some(made_with) = made_with(inspection) {
            rows.insert(0, ("made with", made_with));
        }
        if !inspection.proposals.is_empty() {
            let proposals: Vec<&str> = inspection
                .proposals
                .iter()
                .map(|proposal| proposal.name)
                .collect();
            rows.push(("WebAssembly", format!("1.0 and {}", proposals.join(", "))));
        }
        self.rows(rows);
    }

    fn problems(&mut self, inspection: &Inspection, chosen: &[&Host]) {
        let mut problems: Vec<String> = inspection
            .problems
            .iter()
            .map(|problem| safe(&problem.to_string()))
            .collect();
        problems.extend(unknown_imports(inspection, chosen));
        if problems.is_empty() {
            return;
        }
        self.title("Problems");
        let more = problems.len().saturating_sub(MAX_ITEMS);
        problems.truncate(MAX_ITEMS);
        if more > 0 {
            problems.push(format!("and {more} more: --json has them all"));
        }
        self.rows(problems.into_iter().map(|problem| ("✗", problem)));
    }

    fn hosts(&mut self, inspection: &Inspection) {
        let mut table = Table::new();
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(WIDTH)
            .set_header(["host", "", "what the module would miss there"]);
        for host in &inspection.hosts {
            table.add_row([
                host.name.to_owned(),
                verdict(host.verdict).to_owned(),
                what_is_missed(host),
            ]);
        }
        self.title("Hosts");
        self.table(&table);
        if inspection
            .hosts
            .iter()
            .any(|host| host.verdict == Verdict::Partly)
        {
            self.line("  To import a function is not to call it: SDKs import more than a filter uses.");
        }
        let hosts: Vec<&str> = inspection.hosts.iter().map(|host| host.host).collect();
        self.line(&format!(
            "  What else differs on a host: --host {}",
            hosts.join("|")
        ));
    }

    fn chosen_hosts(&mut self, inspection: &Inspection, chosen: &[&'static Host]) {
        for host in chosen {
            let compatibility = inspection.on(host);
            self.title(&format!("On {}: {}", host.name, verdict(compatibility.verdict)));
            let findings = compatibility.findings.iter().map(|finding| {
                let mark = if finding.effect.refuses() { "✗" } else { "-" };
                (mark, safe(&finding.to_string()))
            });
            self.rows(findings);
            self.rows([("known from", host.source.to_owned())]);
        }
    }

    fn hints(&mut self, inspection: &Inspection) {
        if inspection.hints.is_empty() {
            return;
        }
        self.title("Hints");
        let mut rows: Vec<_> = inspection.hints.iter().take(MAX_ITEMS).collect();
        rows.sort_by_key(|hint| hint.weight);
        self.rows(rows.into_iter().map(|hint| {
            let mark = match hint.weight {
                Weight::Warning => "!",
                Weight::Note => "-",
            };
            (mark, safe(&hint.text))
        }));
    }

    fn interface(&mut self, inspection: &Inspection) {
        let mut groups: Vec<(ExportGroup, Vec<&str>)> = Vec::new();
        for export in &inspection.exports.wanted {
            if matches!(export.group, ExportGroup::Start | ExportGroup::Memory) {
                continue;
            }
            let name = export.name.trim_start_matches("proxy_on_");
            match groups.iter_mut().find(|(group, _)| *group == export.group) {
                Some((_, names)) => names.push(name),
                None => groups.push((export.group, vec![name])),
            }
        }
        if !groups.is_empty() {
            self.title("Callbacks (proxy_on_...)");
            self.rows(
                groups
                    .into_iter()
                    .map(|(group, names)| (group.to_string(), names.join(", "))),
            );
        }

        let mut groups: Vec<(FunctionGroup, Vec<&str>)> = Vec::new();
        let mut wasi = Vec::new();
        let mut imports: Vec<_> = inspection.imports.iter().collect();
        imports.sort_by_key(|import| HostFunction::place(&import.name));
        for import in imports {
            match import.group {
                Some(group) => {
                    let name = import.name.trim_start_matches("proxy_");
                    match groups.iter_mut().find(|(known, _)| *known == group) {
                        Some((_, names)) => names.push(name),
                        None => groups.push((group, vec![name])),
                    }
                }
                None if import.kind == ImportKind::Wasi => wasi.push(import.name.as_str()),
                None => {}
            }
        }
        groups.sort_by_key(|(group, _)| *group);
        let mut rows: Vec<(String, String)> = groups
            .into_iter()
            .map(|(group, names)| (group.to_string(), names.join(", ")))
            .collect();
        if !wasi.is_empty() {
            rows.push(("WASI".to_owned(), wasi.join(", ")));
        }
        if !rows.is_empty() {
            self.title("Host functions (proxy_...)");
            self.rows(rows);
        }
    }
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    table
}

fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "fits",
        Verdict::Partly => "partly",
        Verdict::Refused => "refuses it",
    }
}

/// What is imported and not known to all of the hosts: each import for which there is a suggestion, the others together.
fn unknown_imports(inspection: &Inspection, hosts: &[&Host]) -> Vec<String> {
    let mut told = Vec::new();
    let mut others: Vec<(String, Vec<String>)> = Vec::new();
    for import in inspection
        .imports
        .iter()
        .filter(|import| import.signature.is_some())
    {
        let unknown = hosts
            .iter()
            .filter(|host| !host.knows(&import.module, &import.name, inspection.exports.abi));
        let hosts = unknown.map(|host| host.name).collect::<Vec<_>>().join(" and ");
        let path = shorten(&safe(&import.path()), MAX_NAME);
        match (
            &import.suggestion,
            others.iter_mut().find(|(known, _)| *known == hosts),
        ) {
            _ if hosts.is_empty() => {}
            (Some(meant), _) => told.push(format!(
                "it imports {path}, unknown to {hosts}; is {meant} meant?"
            )),
            (None, Some((_, paths))) => paths.push(path),
            (None, None) => others.push((hosts, vec![path])),
        }
    }
    told.extend(others.into_iter().map(|(hosts, mut paths)| {
        let more = paths.len().saturating_sub(MAX_UNKNOWN);
        paths.truncate(MAX_UNKNOWN);
        if more > 0 {
            paths.push(format!("and {more} more"));
        }
        format!("it imports {}, unknown to {hosts}", paths.join(", "))
    }));
    told
}

/// The findings that make the verdict.
fn what_is_missed(host: &Compatibility) -> String {
    let is_grave = |finding: &&Finding| match host.verdict {
        Verdict::Refused => finding.effect.refuses(),
        _ => !matches!(finding.effect, Effect::Differs | Effect::NeverCalled),
    };
    let mut missed: Vec<String> = host
        .findings
        .iter()
        .filter(is_grave)
        .map(|finding| safe(&finding.in_short()))
        .collect();
    if missed.is_empty() {
        missed.push("nothing".to_owned());
    }
    missed.join("; ")
}

fn made_with(inspection: &Inspection) -> Option<String> {
    let origin = &inspection.origin;
    let tools = origin.languages.iter().chain(&origin.sdk).chain(&origin.tools);
    let tools: Vec<String> = tools.take(MAX_ITEMS).map(tool).collect();
    (!tools.is_empty()).then(|| tools.join(", "))
}

fn tool(tool: &Tool) -> String {
    // Compilers add a commit and a date.
    let version = tool
        .version
        .as_deref()
        .and_then(|version| version.split(" (").next());
    let version = version.map_or(String::new(), |version| format!(" {version}"));
    shorten(&safe(&format!("{}{version}", tool.name)), MAX_NAME)
}
