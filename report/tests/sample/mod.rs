//! Findings as they might be.

#![allow(dead_code, reason = "no test needs all of it")]

use levee_report::{
    Attack, Baselines, Bound, ByVerdict, Figures, Findings, Judged, Method, Run, Series, Spread, Text,
    Verdict,
};

/// The day of the incident: 30 hours in steps of half a minute, an attack of 40 minutes and a second one next morning.
pub(crate) fn incident() -> Findings {
    let attacks = vec![
        attack(
            "morning flood",
            "đợt lũ buổi sáng",
            15_600.0,
            18_000.0,
            1,
            5_000_000,
        ),
        attack(
            "second wave",
            "đợt thứ hai",
            92_100.0,
            93_900.0,
            100_000,
            1_250_000,
        ),
    ];
    let run = Run {
        series: series(3600, 30.0, &attacks),
        figures: figures(),
    };
    Findings {
        scenario: "hospital_2024".to_owned(),
        title: text(
            "A hospital’s flood, March 2024",
            "Đợt tấn công vào bệnh viện, tháng 3 năm 2024",
        ),
        about: text(
            "More than five million requests within forty minutes, from what looks like one address abroad; the next \
             morning they come again, from a hundred thousand. Patients take numbers and pay all the while.",
            "Hơn năm triệu yêu cầu trong bốn mươi phút, dường như từ một địa chỉ ở nước ngoài; sáng hôm sau lại đến, từ \
             một trăm nghìn địa chỉ. Suốt thời gian đó bệnh nhân vẫn lấy số và thanh toán.",
        ),
        method: Method::Replay,
        seed: 7_301_120_240_311,
        workers: 4,
        target: None,
        begins: "2024-03-11T06:00:00".to_owned(),
        seconds: 108_000.0,
        origin_capacity: 50.0,
        work_scale: 256,
        attacks,
        configuration:
            "{\n  \"rules\": [\n    { \"name\": \"booking\", \"free_lane\": { \"rate\": 20 } }\n  ]\n}"
                .to_owned(),
        scenario_text: "name: hospital_2024\nbegins: 2024-03-11T06:00:00\nlasts: 30h\n".to_owned(),
        baselines: baselines(&run),
        run,
        bounds: bounds(),
    }
}

/// A rehearsal of a minute: nothing to compare with, and nothing known of memory.
pub(crate) fn rehearsal() -> Findings {
    let attacks = vec![attack("flood", "lũ", 20.0, 45.0, 64, 50_000)];
    let run = Run {
        series: series(60, 1.0, &attacks),
        figures: Figures {
            requests: 51_300,
            wall_seconds: 60.4,
            patients: 40,
            patients_served: 40,
            payments: 10,
            payments_served: 10,
            flood_requests: 50_000,
            flood_at_origin: 480,
            flood_allowance: 1_250,
            delay_seconds: spread(0.4, 2.2),
            origin_peak_per_second: 38,
            peak_memory_bytes: 0,
            ..Figures::default()
        },
    };
    Findings {
        scenario: "minute".to_owned(),
        method: Method::Rehearsal,
        target: Some("booking.example:8443".to_owned()),
        begins: "2024-03-11T10:20:00".to_owned(),
        seconds: 60.0,
        work_scale: 1,
        attacks,
        run,
        baselines: Baselines::new(),
        ..incident()
    }
}

/// A day that ended badly.
pub(crate) fn failed() -> Findings {
    let mut findings = incident();
    let figures = &mut findings.run.figures;
    figures.patients_served = 312;
    figures.payments_served = 88;
    figures.flood_at_origin = 181_400;
    figures.delay_seconds = spread(6.5, 48.0);
    findings.bounds = vec![
        judged(Bound::PatientsServed, 99.0, 78.0, Some(lower_work())),
        judged(
            Bound::FloodAtOrigin,
            100.0,
            151.042,
            Some(text(
                "Set capacity.rate of the rule booking to no more than the origin carries.",
                "Đặt capacity.rate của quy tắc booking không quá sức chịu tải của máy chủ gốc.",
            )),
        ),
        judged(Bound::ChallengesToPeopleQuiet, 0.0, 0.0, None),
    ];
    findings
}

/// Nothing at all happened.
pub(crate) fn nothing() -> Findings {
    Findings {
        attacks: Vec::new(),
        run: Run::default(),
        bounds: Vec::new(),
        baselines: Baselines::new(),
        seconds: 0.0,
        ..incident()
    }
}

pub(crate) fn text(en: &str, vi: &str) -> Text {
    Text {
        en: en.to_owned(),
        vi: vi.to_owned(),
    }
}

pub(crate) fn judged(bound: Bound, limit: f64, seen: f64, advice: Option<Text>) -> Judged {
    Judged {
        bound,
        limit,
        seen,
        held: advice.is_none(),
        advice,
    }
}

fn lower_work() -> Text {
    text(
        "Lower price.ceiling of the rule booking: the oldest phones give up before they have solved a puzzle.",
        "Giảm price.ceiling của quy tắc booking: những điện thoại cũ nhất bỏ cuộc trước khi giải xong.",
    )
}

fn attack(name: &str, vietnamese: &str, from: f64, until: f64, addresses: u64, requests: u64) -> Attack {
    Attack {
        name: name.to_owned(),
        title: text(name, vietnamese),
        from,
        until,
        addresses,
        requests,
    }
}

fn spread(p50: f64, p95: f64) -> Spread {
    Spread {
        p50,
        p95,
        most: p95 * 1.6,
    }
}

fn bounds() -> Vec<Judged> {
    vec![
        judged(Bound::PatientsServed, 99.0, 100.0, None),
        judged(Bound::PaymentsServed, 100.0, 100.0, None),
        judged(Bound::AppErrandsServed, 99.0, 100.0, None),
        judged(Bound::FloodAtOrigin, 100.0, 1.0275, None),
        judged(Bound::ChallengesToPeopleQuiet, 0.0, 0.0, None),
        judged(Bound::DelayP95, 30.0, 4.21, None),
        judged(Bound::OriginPeak, 50.0, 41.0, None),
    ]
}

fn figures() -> Figures {
    Figures {
        requests: 6_263_480,
        wall_seconds: 94.2,
        patients: 400,
        patients_served: 400,
        payments: 100,
        payments_served: 100,
        app_errands: 60,
        app_errands_served: 60,
        flood_requests: 6_250_000,
        flood_by_verdict: ByVerdict::from([(Verdict::Challenge, 6_100_000), (Verdict::OverQuota, 148_766)]),
        flood_at_origin: 1_234,
        free_lane_allowance: 84_000,
        flood_allowance: 120_100,
        challenges_to_people: 61,
        people_challenged: 48,
        delay_seconds: spread(0.3, 4.21),
        work_seconds: spread(1.1, 3.8),
        origin_peak_per_second: 41,
        peak_memory_bytes: 188_743_680,
        ..Figures::default()
    }
}

fn baselines(levee: &Run) -> Baselines {
    let run = |served, payments, flood, quiet, delay, peak| Run {
        figures: Figures {
            patients_served: served,
            payments_served: payments,
            app_errands_served: payments.min(60),
            flood_at_origin: flood,
            challenges_to_people: quiet * 2,
            challenges_to_people_quiet: quiet,
            delay_seconds: delay,
            origin_peak_per_second: peak,
            ..levee.figures.clone()
        },
        series: levee.series.clone(),
    };
    Baselines::from([
        (
            "no_filter".to_owned(),
            run(281, 69, 6_250_000, 0, spread(0.3, 900.0), 4_166),
        ),
        (
            "address_limit".to_owned(),
            run(352, 100, 1_248_310, 0, spread(0.3, 420.0), 702),
        ),
        (
            "challenge_all".to_owned(),
            run(391, 0, 2_010, 352, spread(3.2, 11.4), 12),
        ),
    ])
}

/// A quiet day in which something attacks.
fn series(steps: usize, step_seconds: f64, attacks: &[Attack]) -> Series {
    let mut series = Series {
        step_seconds,
        ..Series::default()
    };
    let mut chance = 1_u64;
    let mut columns = vec![Vec::new(); Verdict::ALL.len()];
    let mut arrived = 0.0;
    for step in 0..steps {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let luck = (chance >> 33) as f64 / f64::from(1_u32 << 31);
        let seconds = step as f64 * step_seconds;
        let under = attacks
            .iter()
            .find(|attack| (attack.from..attack.until).contains(&seconds));
        let rate = under.map_or(0.0, |attack| {
            attack.requests as f64 / (attack.until - attack.from) * step_seconds * (0.9 + 0.2 * luck)
        });
        let open = steps < 100 || (3_600.0..36_000.0).contains(&(seconds % 86_400.0));
        let people = if open {
            step_seconds * 6.0 * luck * luck
        } else {
            0.0
        };
        arrived += if open {
            step_seconds * 400.0 / 47_000.0
        } else {
            0.0
        };
        let flood = rate.min(2.0 * step_seconds) * luck;
        let row = [
            people + flood,
            rate * 0.96,
            rate * 0.03,
            rate.min(3.0),
            rate * 0.002,
            0.0,
            0.0,
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value as u64);
        }
        series.origin.push((people + flood) as u64);
        series.origin_flood.push(flood as u64);
        series.origin_failed.push(0);
        series.patients_arrived.push(arrived as u64);
        let late = if under.is_some() { 6.0 } else { 0.0 };
        series.patients_served.push((arrived - late).max(0.0) as u64);
        series.patients_lost.push(0);
        let since = under.map(|attack| seconds - attack.from);
        series
            .work_asked
            .push(since.map(|since| (16_384.0 * (1.0 + since / 60.0).powf(1.4)) as u64));
    }
    series.verdicts = Verdict::ALL
        .into_iter()
        .zip(columns)
        .filter(|(_, column)| column.iter().any(|requests| *requests > 0))
        .collect();
    series
}
