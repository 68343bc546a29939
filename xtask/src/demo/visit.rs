//! How it went for one patient, as `levee rehearse` tells it.

use scraper::{Html, Selector};
use serde::Deserialize;
use std::{collections::HashMap, time::Duration};

/// The visit of a patient that is over.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Visit {
    /// Who it was.
    kind: String,
    /// Seconds from the rehearsal's beginning until they came.
    came: f64,
    /// Seconds from the rehearsal's beginning until they left.
    left: f64,
    /// Whether they have seen all the pages that they wanted to see.
    served: bool,
    /// Why not.
    #[serde(default)]
    gave_up: Option<String>,
    /// The form that they have sent last.
    form: String,
    /// The page that they have seen last.
    page: String,
}

/// What a patient takes home.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Booking {
    /// Whose queue.
    pub(crate) department: String,
    /// The day, as the form gave it.
    pub(crate) day: String,
    /// The session of that day.
    pub(crate) session: String,
    /// The place in that queue.
    pub(crate) number: u32,
}

impl Visit {
    /// What they took home.
    ///
    /// # Errors
    ///
    /// Why there is nothing.
    pub(crate) fn booking(&self) -> Result<Booking, String> {
        if !self.served {
            let why = self.gave_up.as_deref();
            return Err(why.unwrap_or("left without a number").to_owned());
        }
        let mut fields: HashMap<_, _> = form_urlencoded::parse(self.form.as_bytes())
            .into_owned()
            .collect();
        let mut field = |name: &str| {
            let missing = || format!("the booking page has no form with a {name}");
            fields.remove(name).ok_or_else(missing)
        };
        Ok(Booking {
            department: field("department")?,
            day: field("day")?,
            session: field("session")?,
            number: ticket_number(&self.page).ok_or("the ticket's page says no number")?,
        })
    }

    /// Whether it was a patient: payments are reported, too.
    pub(crate) fn is_of_a_patient(&self) -> bool {
        self.kind == "person"
    }

    /// From the first request until they left.
    pub(crate) fn time(&self) -> Duration {
        Duration::try_from_secs_f64(self.left - self.came).unwrap_or_default()
    }
}

/// The number on a ticket's page.
fn ticket_number(html: &str) -> Option<u32> {
    let page = Html::parse_document(html);
    let number = page.select(&Selector::parse(".ticket .number").ok()?).next()?;
    number.text().collect::<String>().trim().parse().ok()
}

#[cfg(test)]
impl Visit {
    /// Of somebody who got this number of cardiology's queue after this time.
    pub(crate) fn with_number(number: u32, time: Duration) -> Self {
        Self {
            kind: "person".to_owned(),
            came: 0.0,
            left: time.as_secs_f64(),
            served: true,
            gave_up: None,
            form: "department=cardiology&day=2026-11-22&session=morning".to_owned(),
            page: format!("<p class=ticket>Number <b class=number> {number} </b>"),
        }
    }

    /// Of somebody who has no number for this reason.
    pub(crate) fn without_number(why: &str) -> Self {
        Self {
            served: false,
            gave_up: Some(why.to_owned()),
            ..Self::with_number(1, Duration::ZERO)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_booking_is_what_the_form_said_and_the_ticket_says() {
        let told = r#"{"kind":"person","nth":3,"came":1.5,"left":2.25,"served":true,"challenges":0,
            "form":"lang=vi&department=cardiology&day=2026-11-22&session=afternoon",
            "page":"<div class=\"ticket\"><p class=\"number\">17</p></div>"}"#;
        let visit: Visit = serde_json::from_str(told).unwrap();
        assert_eq!(visit.time(), Duration::from_millis(750));
        assert_eq!(
            visit.booking(),
            Ok(Booking {
                department: "cardiology".into(),
                day: "2026-11-22".into(),
                session: "afternoon".into(),
                number: 17
            })
        );
    }

    #[test]
    fn whoever_has_no_number_is_told_why() {
        let visit = Visit::without_number("/: answered with 500");
        assert_eq!(visit.booking(), Err("/: answered with 500".to_owned()));
        let nothing_sent = Visit {
            form: String::new(),
            ..Visit::with_number(1, Duration::ZERO)
        };
        let nothing_read = Visit {
            page: "<h1>Welcome</h1>".to_owned(),
            ..Visit::with_number(1, Duration::ZERO)
        };
        assert!(nothing_sent.booking().unwrap_err().contains("no form"));
        assert!(nothing_read.booking().unwrap_err().contains("no number"));
    }
}
