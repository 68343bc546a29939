//! The words of the board in the hall.

use super::Messages;

/// Words about the numbers being served.
#[derive(Debug)]
pub(crate) struct BoardTexts {
    /// Heading of the page.
    pub title: &'static str,
    /// Label of a department's number.
    pub now_serving: &'static str,
    /// No number of a department has been called.
    pub nobody_called: &'static str,
    /// Nobody waits at a department.
    pub nobody_waits: &'static str,
}

pub(super) static VIETNAMESE: BoardTexts = BoardTexts {
    title: "Bảng gọi số",
    now_serving: "Mời số",
    nobody_called: "Chưa gọi số",
    nobody_waits: "Không có người chờ",
};

pub(super) static ENGLISH: BoardTexts = BoardTexts {
    title: "Now serving",
    now_serving: "Now serving",
    nobody_called: "No number called yet",
    nobody_waits: "Nobody is waiting",
};

impl Messages {
    /// How many wait.
    pub(crate) fn waiting(&self, waiting: u32) -> String {
        match (self.is_english(), waiting) {
            (false, waiting) => format!("{waiting} người đang chờ"),
            (true, 1) => "1 person waiting".to_owned(),
            (true, waiting) => format!("{waiting} people waiting"),
        }
    }
}
