//! How languages write numbers.

use levee_report::Language::{En, Vi};

#[test]
fn digits_stand_in_groups_of_three() {
    assert_eq!(En.number(5_000_000), "5,000,000");
    assert_eq!(Vi.number(5_000_000), "5.000.000");
    assert_eq!(Vi.number(999), "999");
    assert_eq!(En.number(u64::MAX), "18,446,744,073,709,551,615");
}

#[test]
fn decimals_that_say_nothing_are_left_out() {
    assert_eq!(En.decimal(1_234.50, 2), "1,234.5");
    assert_eq!(Vi.decimal(1_234.5, 2), "1.234,5");
    assert_eq!(En.decimal(-0.001, 2), "0");
    assert_eq!(En.decimal(-2.0, 0), "-2");
    assert_eq!(En.decimal(f64::NAN, 2), "–");
}

#[test]
fn nothing_short_of_all_is_all() {
    assert_eq!(Vi.share(9_999, 10_000).as_deref(), Some("99,9%"));
    assert_eq!(En.share(400, 400).as_deref(), Some("100%"));
    assert_eq!(En.share(0, 0), None);
}

#[test]
fn times_and_sizes_have_the_units_of_the_language() {
    assert_eq!(En.duration(5_400.0), "1\u{a0}h 30\u{a0}min");
    assert_eq!(Vi.duration(2_400.0), "40\u{a0}phút");
    assert_eq!(Vi.seconds(4.21), "4,2\u{a0}giây");
    assert_eq!(En.bytes(188_743_680), "180\u{a0}MiB");
}
