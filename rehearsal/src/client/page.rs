//! The form in a page of the site, filled in.

use scraper::{ElementRef, Html, Selector};

/// A form that is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// Where it is sent: path and query.
    pub(super) action: String,
    /// What it says, as `application/x-www-form-urlencoded`.
    pub(super) body: String,
}

/// The form of a page that is posted to `path`, with what it offers. `nth` picks among the choices of each field, so that
/// people with different numbers choose differently. `None` when there is none.
pub(super) fn filled_form(page: &[u8], path: &str, nth: u64) -> Option<Filled> {
    // Most pages have none, and parsing takes long.
    memchr::memmem::find(page, b"<form")?;
    let page = Html::parse_document(&String::from_utf8_lossy(page));
    let forms = Selector::parse("form[method=post i][action]").ok()?;
    let (form, action) = page
        .select(&forms)
        .filter_map(|form| Some((form, form.attr("action")?)))
        .find(|(_, action)| action.split('?').next() == Some(path))?;
    let controls =
        Selector::parse("select[name] option:not([disabled]), input[name]:not([disabled])").ok()?;
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for control in form.select(&controls) {
        let name = match control.value().name() {
            "option" => enclosing_select(control).and_then(|select| select.attr("name")),
            _ => control.attr("name"),
        };
        // An option without a value is the prompt above the real ones.
        let value = control.attr("value").unwrap_or_default();
        let Some(name) = name.filter(|_| !value.is_empty()) else {
            continue;
        };
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, choices)) => choices.push(value.to_owned()),
            None => fields.push((name.to_owned(), vec![value.to_owned()])),
        }
    }
    Some(Filled {
        action: action.to_owned(),
        body: filled(&fields, nth),
    })
}

fn filled(fields: &[(String, Vec<String>)], nth: u64) -> String {
    let mut filled = form_urlencoded::Serializer::new(String::new());
    let mut nth = nth;
    for (name, choices) in fields {
        let count = choices.len().max(1) as u64;
        if let Some(choice) = choices.get((nth % count) as usize) {
            filled.append_pair(name, choice);
        }
        // What is left decides the next field, so that all combinations occur.
        nth /= count;
    }
    filled.finish()
}

fn enclosing_select(option: ElementRef<'_>) -> Option<ElementRef<'_>> {
    option
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|element| element.value().name() == "select")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_with_what_it_offers() {
        let page = br#"<form action="/search"><input name=q></form>
            <form method="POST" action="/book?lang=vi"><input type=hidden name=lang value=vi>
            <select name=department><option value="">-</option><option value=cardiology>Tim</option>
            <option value="ent">TMH</option></select>
            <label><input type=radio name=day value=2026-11-22></label><label><input type=radio name=day value=2026-11-23></label>
            <button>OK</button></form>"#;
        let form = filled_form(page, "/book", 0).unwrap();
        assert_eq!(form.action, "/book?lang=vi");
        let filled: Vec<_> = (0..5)
            .filter_map(|nth| Some(filled_form(page, "/book", nth)?.body))
            .collect();
        assert_eq!(
            filled,
            [
                "lang=vi&department=cardiology&day=2026-11-22",
                "lang=vi&department=ent&day=2026-11-22",
                "lang=vi&department=cardiology&day=2026-11-23",
                "lang=vi&department=ent&day=2026-11-23",
                "lang=vi&department=cardiology&day=2026-11-22",
            ]
        );
        assert_eq!(filled_form(page, "/elsewhere", 0), None);
    }
}
