//! Vietnamese.

use super::{Challenge, Line, Messages, Notice};

pub(super) const MESSAGES: Messages = Messages {
    challenge: Challenge {
        title: "Xin vui lòng chờ giây lát",
        reason: "{site} đang nhận rất nhiều yêu cầu tự động. Trình duyệt của quý vị đang thực hiện một phép tính nhỏ \
                 để xác nhận rằng quý vị đang truy cập. Việc này chỉ mất vài giây và không thu thập dữ liệu cá nhân. \
                 Sau đó, trang quý vị cần sẽ tự động mở ra.",
        progress: "Tiến độ tính toán",
        no_script: "Bước kiểm tra này cần JavaScript, hiện đang bị tắt trong trình duyệt của quý vị. Vui lòng bật \
                    JavaScript rồi tải lại trang.",
        working: "Đang tính toán…",
        done: "Đã xong. Trang của quý vị đang mở.",
        retrying: "Trang web đang rất bận. Đang tự động thử lại…",
        no_cookies: "Trình duyệt của quý vị không chấp nhận cookie nên không lưu được kết quả. Vui lòng cho phép \
                     cookie đối với trang này rồi thử lại.",
        no_workers: "Trình duyệt của quý vị không cho phép trang này tính toán. Vui lòng cập nhật hoặc dùng một \
                     trình duyệt khác.",
        failed: "Việc kiểm tra không thành công. Có thể trình duyệt đang chặn cookie hoặc kết nối không ổn định. \
                 Vui lòng thử lại sau ít phút.",
        again: "Thử lại",
    },
    line: Line {
        title: "Quý vị đang xếp hàng",
        text: "Hiện có nhiều người truy cập {site} hơn mức hệ thống phục vụ được. Trang sẽ tự mở khi đến lượt quý vị. \
               Chỗ của quý vị được giữ nguyên, kể cả khi tải lại trang.",
        called: "Đã đến lượt quý vị. Trang sẽ mở ngay.",
        place: "Thứ tự của quý vị trong hàng:",
        expected: "Thời gian chờ dự kiến:",
        seconds: "khoảng {seconds} giây",
        minutes: "khoảng {minutes} phút",
    },
    over_quota: Notice {
        title: "Quá nhiều yêu cầu",
        text: "{site} đã nhận quá nhiều yêu cầu từ quý vị trong thời gian ngắn. Quý vị có thể tiếp tục sau {seconds} \
               giây; khi đó trang sẽ tự động tải lại.",
    },
    refused: Notice {
        title: "Không thể truy cập trang này",
        text: "{site} không cho phép yêu cầu này.",
    },
    malformed: Notice {
        title: "Yêu cầu không hợp lệ",
        text: "Địa chỉ hoặc yêu cầu có dạng mà {site} không chấp nhận. Vui lòng kiểm tra lại địa chỉ, hoặc bắt \
               đầu lại từ trang chủ.",
    },
    support_id: "Khi liên hệ với chúng tôi, vui lòng cung cấp mã hỗ trợ:",
    telephone: "Quý vị cũng có thể gọi điện cho chúng tôi:",
};
