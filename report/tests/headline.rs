//! The sentence that says it all.

mod sample;

use levee_report::headline;

#[test]
fn what_was_held_is_said_in_one_sentence() {
    let said = headline(&sample::incident());
    assert_eq!(
        said.en,
        "Held: all 400 patients got their number and 100 of 100 payments were reported, while 6,250,000 requests attacked; \
         1,234 of them reached the site, 120,100 could have."
    );
    assert_eq!(
        said.vi,
        "Giữ vững: cả 400 bệnh nhân đều lấy được số và 100 trên 100 khoản thanh toán được ghi nhận, trong khi có 6.250.000 \
         yêu cầu tấn công; 1.234 yêu cầu trong số đó đến được trang web, mức cho phép là 120.100."
    );
}

#[test]
fn what_was_not_held_names_the_promises_that_were_missed() {
    let said = headline(&sample::failed());
    assert_eq!(
        said.en,
        "Not held: 312 of 400 patients got their number and 88 of 100 payments were reported, while 6,250,000 requests \
         attacked; 181,400 of them reached the site, no more than 120,100 should have. Missed: patients served; flood at the \
         origin, of what may reach it."
    );
    assert!(
        said.vi.starts_with("Không giữ vững: 312 trên 400 bệnh nhân"),
        "{}",
        said.vi
    );
    assert!(
        said.vi.contains("Không đạt: bệnh nhân được phục vụ; "),
        "{}",
        said.vi
    );
}

#[test]
fn one_patient_is_not_all_patients() {
    let mut findings = sample::incident();
    findings.run.figures.patients = 1;
    findings.run.figures.patients_served = 1;
    assert!(
        headline(&findings)
            .en
            .starts_with("Held: 1 of 1 patients got their number and")
    );
}

#[test]
fn a_quiet_day_without_payments_says_so() {
    let mut findings = sample::incident();
    findings.run.figures.payments = 0;
    findings.run.figures.flood_requests = 0;
    let said = headline(&findings);
    assert_eq!(
        said.en,
        "Held: all 400 patients got their number; nothing attacked."
    );
    assert_eq!(
        said.vi,
        "Giữ vững: cả 400 bệnh nhân đều lấy được số; không có tấn công."
    );
}
