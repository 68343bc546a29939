//! Vietnamese.

use super::{Challenge, Lane, Line, Messages, Notice};

pub(super) const MESSAGES: Messages = Messages {
    challenge: Challenge {
        title: "Xin vui lòng chờ giây lát",
        reason: "{site} đang nhận rất nhiều yêu cầu tự động. Để quý vị vẫn truy cập được, trình duyệt của quý vị đang \
                 thực hiện một phép tính nhỏ. Việc này thường chỉ mất vài giây; sau đó trang quý vị cần sẽ tự mở ra. \
                 Không có dữ liệu cá nhân nào được thu thập.",
        progress: "Tiến độ tính toán",
        no_script: "Bước kiểm tra này cần JavaScript, hiện đang bị tắt trong trình duyệt của quý vị. Vui lòng bật \
                    JavaScript rồi tải lại trang.",
        working: "Đang tính toán…",
        done: "Đã xong. Trang của quý vị đang mở.",
        retrying: "Chưa nhận được phản hồi: trang web đang rất bận hoặc kết nối bị gián đoạn. Đang tự động thử lại…",
        no_cookies: "Trình duyệt của quý vị không lưu cookie của trang web này nên kết quả kiểm tra bị mất. Vui lòng \
                     cho phép cookie đối với trang web này rồi thử lại.",
        outdated: "Trình duyệt của quý vị không thực hiện được phép tính này. Vui lòng cập nhật trình duyệt hoặc mở \
                   trang bằng một trình duyệt khác.",
        failed: "Việc kiểm tra chưa thành công. Vui lòng thử lại sau giây lát, nếu được thì bằng trình duyệt khác hoặc \
                 kết nối mạng khác.",
        again: "Thử lại",
    },
    lane: Lane {
        text: "Trình duyệt của quý vị đang tắt JavaScript nên không thực hiện được phép tính này. Quý vị chỉ cần chờ: \
               sau {wait}, trang này sẽ tự tải lại và cho quý vị vào. Nếu trình duyệt không tự tải lại, vui lòng mở \
               liên kết này sau thời gian đó. Tải lại sớm hơn không gây trở ngại gì, nhưng cũng không rút ngắn thời \
               gian chờ.",
        reload: "Tải lại trang",
        admitted: Notice {
            title: "Đã đến lượt quý vị",
            text: "Cảm ơn quý vị đã chờ. Trang của {site} đang mở. Nếu trang không tự mở, vui lòng mở liên kết này.",
        },
        go_on: "Tiếp tục",
    },
    line: Line {
        title: "Quý vị đang xếp hàng",
        text: "Hiện có nhiều người truy cập {site} hơn mức hệ thống phục vụ được. Trang sẽ tự mở khi đến lượt quý vị. \
               Chỗ của quý vị được giữ nguyên, kể cả khi tải lại trang.",
        called: "Đã đến lượt quý vị. Trang sẽ mở ngay.",
        place: "Thứ tự của quý vị trong hàng:",
        expected: "Thời gian chờ dự kiến:",
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
    seconds: ["khoảng ", " giây"],
    minutes: ["khoảng ", " phút"],
    support_id: "Khi liên hệ với chúng tôi, vui lòng cung cấp mã hỗ trợ:",
    telephone: "Nếu không truy cập được, quý vị có thể gọi:",
};
