// What people read, by language. The site is "Bệnh viện Levee", its telephone 1900 0000.
export const WORDS = {
  en: {
    title: "One moment, please",
    progress: "Progress of the calculation",
    telephone: "If you cannot get through, you can call: 1900 0000",
    support: "If you contact us, please give this support number:",
    working: "Calculating…",
    retrying: "Trying again by itself…",
    again: "Try again",
    noCookies: "does not keep cookies from this site",
    failed: "The check did not succeed.",
    mayWait: "You can simply wait instead",
  },
  vi: {
    title: "Xin vui lòng chờ giây lát",
    progress: "Tiến độ tính toán",
    telephone: "Nếu không truy cập được, quý vị có thể gọi: 1900 0000",
    support: "Khi liên hệ với chúng tôi, vui lòng cung cấp mã hỗ trợ:",
    working: "Đang tính toán…",
    retrying: "Đang tự động thử lại…",
    again: "Thử lại",
    noCookies: "không lưu cookie của trang web này",
    failed: "Việc kiểm tra chưa thành công.",
    mayWait: "Quý vị chỉ cần chờ",
  },
};
