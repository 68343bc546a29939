//! What holds for every input, not only for the examples.

use levee_origin::{language::Language, ticket::TicketCode};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_code_is_read_back_however_it_is_grouped_and_cased(gaps in prop::collection::vec("[ -]{0,2}", 16), lower: bool) {
        let code = TicketCode::random();
        let symbols: String = code.to_string().replace('-', "");
        let written: String = symbols.chars().zip(gaps).flat_map(|(symbol, gap)| [symbol.to_string(), gap]).collect();
        let written = if lower { written.to_lowercase() } else { written };
        prop_assert!(TicketCode::parse(&written) == Some(code));
    }

    #[test]
    fn any_text_is_a_code_or_is_refused(text in "\\PC*") {
        if let Some(code) = TicketCode::parse(&text) {
            prop_assert!(TicketCode::parse(&code.to_string()) == Some(code));
        }
    }

    #[test]
    fn a_code_with_a_symbol_more_or_less_is_none(extra in "[0-9A-HJKMNP-TV-Z]") {
        let code = TicketCode::random().to_string();
        let longer = [code.as_str(), extra.as_str()].concat();
        prop_assert!(TicketCode::parse(&longer).is_none());
        prop_assert!(TicketCode::parse(&code[1..]).is_none());
    }

    #[test]
    fn any_accept_language_is_survived(value in "\\PC*") {
        let _ = Language::negotiate([value.as_str()].into_iter());
    }

    #[test]
    fn the_greater_weight_wins_in_either_order(vietnamese in 0u16..=1000, english in 0u16..=1000, other in "[a-z]{3}") {
        prop_assume!(vietnamese != english);
        let weight = |thousandths: u16| format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
        let (vi, en) = (format!("vi;q={}", weight(vietnamese)), format!("en-US;q={}", weight(english)));
        let expected = if vietnamese > english { Language::Vietnamese } else { Language::English };
        for value in [format!("{vi},{other},{en}"), format!("{en}, {vi}")] {
            prop_assert_eq!(Language::negotiate([value.as_str()].into_iter()), Some(expected));
        }
        prop_assert_eq!(Language::negotiate([vi.as_str(), en.as_str()].into_iter()), Some(expected));
    }
}
