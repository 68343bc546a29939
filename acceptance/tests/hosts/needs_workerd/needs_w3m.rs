//! A text browser, through the edge worker.

use crate::{stage::Host, text_browser};

#[test]
fn a_text_browser_waits_and_sees_the_booking_form() {
    text_browser::waits_and_sees_the_booking_form(Host::Workerd);
}
