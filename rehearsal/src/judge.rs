//! Whether a scenario's promises were kept, and what to change when not.

use crate::scenario::Scenario;
use levee_report::{Bound, Figures, Judged, Text};

/// Judges all promises of a scenario.
#[must_use]
pub fn judge(scenario: &Scenario, figures: &Figures) -> Vec<Judged> {
    scenario
        .bounds
        .iter()
        .map(|(bound, limit)| {
            let seen = seen(*bound, figures);
            let held = if bound.is_least() {
                seen >= *limit
            } else {
                seen <= *limit
            };
            Judged {
                bound: *bound,
                limit: *limit,
                seen,
                held,
                advice: (!held).then(|| advice(*bound)),
            }
        })
        .collect()
}

fn seen(bound: Bound, figures: &Figures) -> f64 {
    match bound {
        Bound::PatientsServed => percent(figures.patients_served, figures.patients),
        Bound::PaymentsServed => percent(figures.payments_served, figures.payments),
        Bound::AppErrandsServed => percent(figures.app_errands_served, figures.app_errands),
        Bound::PatientsUnchallenged => percent(
            figures.patients.saturating_sub(figures.people_challenged),
            figures.patients,
        ),
        Bound::FloodAtOrigin if figures.flood_at_origin == 0 => 0.0,
        Bound::FloodAtOrigin => percent(figures.flood_at_origin, figures.flood_allowance),
        Bound::ChallengesToPeopleQuiet => figures.challenges_to_people_quiet as f64,
        Bound::DelayP95 => figures.delay_seconds.p95,
        Bound::OriginPeak => figures.origin_peak_per_second as f64,
        Bound::PeoplePassedOver => figures.people_passed_over as f64,
    }
}

/// Of nothing, all.
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 100.0;
    }
    part as f64 * 100.0 / whole as f64
}

fn advice(bound: Bound) -> Text {
    let (en, vi) = match bound {
        Bound::PatientsServed | Bound::AppErrandsServed => (
            "See in the charts whether they waited for the origin or gave up over the work. If the origin was full, raise `capacity` or lower \
             `free_lane`; if the work was dear, lower `price.ceiling`.",
            "Xem biểu đồ để biết họ phải chờ máy chủ hay bỏ cuộc vì phép tính. Nếu máy chủ quá tải, hãy tăng `capacity` hoặc giảm `free_lane`; \
             nếu phép tính quá nặng, hãy giảm `price.ceiling`.",
        ),
        Bound::PaymentsServed => (
            "Name the provider's addresses and path in `exclusions.call_backs`, and see that `client.address` finds the real address.",
            "Khai báo địa chỉ và đường dẫn của nhà cung cấp trong `exclusions.call_backs`, và kiểm tra `client.address` có nhận đúng địa chỉ thật không.",
        ),
        Bound::FloodAtOrigin => (
            "Look for rules with `access: open` and without a quota: what they let through is bounded by nothing.",
            "Tìm các quy tắc có `access: open` mà không có hạn mức: những gì chúng cho qua không bị giới hạn.",
        ),
        Bound::ChallengesToPeopleQuiet => (
            "Raise `free_lane` above what people send on an ordinary day, or `prefix_quota` if many share one address.",
            "Tăng `free_lane` cao hơn lượng yêu cầu của ngày thường, hoặc tăng `prefix_quota` nếu nhiều người dùng chung một địa chỉ.",
        ),
        Bound::DelayP95 => (
            "Lower `price.floor` and `price.ceiling` if people worked long, or raise `capacity` if they stood in line.",
            "Giảm `price.floor` và `price.ceiling` nếu máy của người dùng phải tính lâu, hoặc tăng `capacity` nếu họ phải xếp hàng.",
        ),
        Bound::OriginPeak => (
            "Set `capacity` to what the origin carries, and `free_lane` to less than that.",
            "Đặt `capacity` bằng sức chịu của máy chủ và `free_lane` nhỏ hơn mức đó.",
        ),
        Bound::PeoplePassedOver => (
            "The line is kept by each Envoy for itself: let clients of one line reach one Envoy. With one Envoy this is a fault of Levee; \
             please report it.",
            "Mỗi Envoy giữ hàng chờ riêng: hãy để người dùng của một hàng luôn đến cùng một Envoy. Nếu chỉ có một Envoy thì đây là lỗi của \
             Levee; xin hãy báo lại.",
        ),
        Bound::PatientsUnchallenged => (
            "Raise `free_lane`: it is what people use who have no clearance yet.",
            "Tăng `free_lane`: đó là phần dành cho người chưa có giấy thông hành.",
        ),
    };
    Text {
        en: en.to_owned(),
        vi: vi.to_owned(),
    }
}
