//! What a browser reads out of a page: the challenge, a form, the ticket.

use super::verdict::Challenge;
use scraper::{ElementRef, Html, Selector};

/// A form that can be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The path that it is posted to.
    pub(crate) action: String,
    fields: Vec<Field>,
}

/// A field of a form, with the values that it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: String,
    choices: Vec<String>,
}

impl Form {
    /// The form filled in, as `application/x-www-form-urlencoded`. `nth` picks among the choices of each field, so
    /// that people with different numbers choose differently.
    pub(crate) fn fill(&self, nth: usize) -> String {
        let mut filled = form_urlencoded::Serializer::new(String::new());
        let mut nth = nth;
        for field in &self.fields {
            if let Some(choice) = nth
                .checked_rem(field.choices.len())
                .and_then(|index| field.choices.get(index))
            {
                filled.append_pair(&field.name, choice);
                // What is left decides the next field, so that all combinations occur.
                nth /= field.choices.len();
            }
        }
        filled.finish()
    }

    fn add(&mut self, name: &str, choice: &str) {
        match self.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.choices.push(choice.to_owned()),
            None => self.fields.push(Field {
                name: name.to_owned(),
                choices: vec![choice.to_owned()],
            }),
        }
    }
}

/// The challenge in a challenge page.
pub(crate) fn challenge(html: &str) -> Option<Challenge> {
    let page = Html::parse_document(html);
    let root = first(&page, "main#levee")?;
    Some(Challenge {
        token: root.attr("data-token")?.to_owned(),
        redeem: root.attr("data-redeem")?.to_owned(),
    })
}

/// How many are ahead, on a waiting page; `None` on any other.
pub(crate) fn place_in_line(html: &str) -> Option<u64> {
    let page = Html::parse_document(html);
    first(&page, "main#levee-line")?
        .attr("data-place")?
        .trim()
        .parse()
        .ok()
}

/// The first form of a page that is posted.
pub(crate) fn form(html: &str) -> Option<Form> {
    let page = Html::parse_document(html);
    let element = first(&page, "form[method=post i][action]")?;
    let mut form = Form {
        action: element.attr("action")?.to_owned(),
        fields: Vec::new(),
    };
    let controls =
        Selector::parse("select[name] option:not([disabled]), input[name]:not([disabled])").ok()?;
    for control in element.select(&controls) {
        let value = control.attr("value").unwrap_or_default();
        let name = match control.value().name() {
            "option" => enclosing_select(control).and_then(|select| select.attr("name")),
            _ => control.attr("name"),
        };
        // An option without a value is the prompt above the real ones.
        if let Some(name) = name
            && !value.is_empty()
        {
            form.add(name, value);
        }
    }
    Some(form)
}

/// The number on a ticket's page.
pub(crate) fn ticket_number(html: &str) -> Option<u32> {
    let page = Html::parse_document(html);
    first(&page, ".ticket .number")?
        .text()
        .collect::<String>()
        .trim()
        .parse()
        .ok()
}

fn first<'page>(page: &'page Html, selector: &str) -> Option<ElementRef<'page>> {
    page.select(&Selector::parse(selector).ok()?).next()
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
    fn the_challenge_is_read_from_the_root_element() {
        let page = r#"<!doctype html><html lang=vi><body><main class="x" id=levee data-token='AQEB' data-solver="/s.js"
            data-redeem="/.well-known/levee/redeem"><h1>Một lát thôi</h1></main>"#;
        let expected = Challenge {
            token: "AQEB".into(),
            redeem: "/.well-known/levee/redeem".into(),
        };
        assert_eq!(challenge(page), Some(expected));
        assert_eq!(challenge("<main id=other data-token=AQ data-redeem=/r>"), None);
    }

    #[test]
    fn a_form_is_filled_with_what_it_offers() {
        let page = r#"<form action="/search"><input name=q></form>
            <form method="POST" action="/book"><input type=hidden name=lang value=vi>
            <select name=department><option value="">Chọn khoa</option><option value=cardiology>Tim mạch</option>
            <option value="ear-nose-throat">Tai mũi họng</option></select>
            <label><input type=radio name=day value=2026-11-22></label><label><input type=radio name=day value=2026-11-23></label>
            <button>Lấy số</button></form>"#;
        let form = form(page).unwrap();
        assert_eq!(form.action, "/book");
        let filled: Vec<_> = (0..4).map(|nth| form.fill(nth)).collect();
        assert_eq!(
            filled,
            [
                "lang=vi&department=cardiology&day=2026-11-22",
                "lang=vi&department=ear-nose-throat&day=2026-11-22",
                "lang=vi&department=cardiology&day=2026-11-23",
                "lang=vi&department=ear-nose-throat&day=2026-11-23",
            ]
        );
        assert_eq!(form.fill(4), filled[0]);
    }
}
