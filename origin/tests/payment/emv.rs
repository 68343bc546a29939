//! The data objects below VietQR, by EMVCo's own words.

use levee_origin::payment::emv::{Malformed, Objects};

/// The example of EMVCo's specification of merchant-presented QR codes, version 1.0, annex A.
const SAMPLE: &str = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN\
    5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A6008667\
    0902ME91320016A0112233449988770708123456786304A13A";

#[test]
fn the_sample_of_the_specification_is_read() {
    let objects = Objects::of_payload(SAMPLE).unwrap();
    assert_eq!(objects.get(1), Some("12"));
    assert_eq!(objects.get(54), Some("23.72"));
    assert_eq!(objects.get(59), Some("BEST TRANSPORT"));
    let chinese = Objects::of_template(objects.get(64).unwrap()).unwrap();
    assert_eq!(
        (chinese.get(0), chinese.get(1), chinese.get(2)),
        (Some("ZH"), Some("最佳运输"), Some("北京")),
        "lengths count characters, not bytes"
    );
    let additional = Objects::of_template(objects.get(62).unwrap()).unwrap();
    assert_eq!(additional.get(7), Some("A6008667"));
    assert_eq!(objects.get(38), None);
}

#[test]
fn the_check_sum_is_the_one_of_the_catalogue_of_crcs() {
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(b"123456789");
    assert_eq!(sum, 0x29b1);
    // The same bytes inside a payload, so that the code under test is what sums.
    let body = "0002016209123456789".replace("6209", "5909");
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(format!("{body}6304").as_bytes());
    assert!(Objects::of_payload(&format!("{body}6304{sum:04X}")).is_ok());
}

#[test]
fn what_is_no_sequence_of_objects_is_refused_with_its_place() {
    for (text, wrong) in [
        ("0", Malformed::Truncated { at: 0 }),
        ("000", Malformed::Truncated { at: 0 }),
        ("000201510", Malformed::Truncated { at: 6 }),
        ("00020159991", Malformed::Truncated { at: 6 }),
        ("0x0201", Malformed::Head { at: 0 }),
        ("00+201", Malformed::Head { at: 0 }),
        ("00 201", Malformed::Head { at: 0 }),
        ("٠٠٠٢01", Malformed::Head { at: 0 }),
        ("0002015900", Malformed::Head { at: 6 }),
        ("0002015901A5901B", Malformed::Duplicate(59)),
    ] {
        assert_eq!(Objects::of_template(text), Err(wrong), "{text}");
    }
}

#[test]
fn a_payload_begins_with_its_format_and_ends_with_its_check_sum() {
    for (payload, wrong) in [
        ("", Malformed::Format),
        ("000202", Malformed::Format),
        ("5901A", Malformed::Format),
        ("000201", Malformed::NoChecksum),
        ("0002015901A", Malformed::NoChecksum),
        ("0002016303ABC", Malformed::NoChecksum),
        ("0002016304abcd", Malformed::NoChecksum),
        ("0002016304ÄÖÜß", Malformed::NoChecksum),
        ("00020163040000", Malformed::Checksum),
        ("000201630400005901A", Malformed::NoChecksum),
    ] {
        assert_eq!(Objects::of_payload(payload), Err(wrong), "{payload}");
    }
}
