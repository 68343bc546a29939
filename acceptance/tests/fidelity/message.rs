//! HTTP messages as plays write them and as both players report them.

/// Names and values, in order, with repetitions.
pub(crate) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// A request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// `POST /path`, or `200`.
    pub(crate) start: String,
    pub(crate) fields: Fields,
    /// In the pieces in which it is sent. What was received is one piece.
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) trailers: Option<Fields>,
    /// Sent with its length said beforehand; otherwise in chunks, unless there is no body.
    pub(crate) length_told: bool,
    /// The connection was cut off before its end.
    pub(crate) cut_off: bool,
}

impl Message {
    /// A request without a body, for the authority `play`.
    pub(crate) fn request(method: &str, path: &str) -> Self {
        Self {
            start: format!("{method} {path}"),
            ..Self::default()
        }
        // Envoy would add it.
        .with("x-forwarded-proto", "http")
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::request("GET", path)
    }

    /// A request with this body, whose length is told.
    pub(crate) fn post(path: &str, body: &str) -> Self {
        Self::request("POST", path).with_body(body)
    }

    /// A response without a body.
    pub(crate) fn response(status: u16) -> Self {
        Self {
            start: status.to_string(),
            length_told: true,
            ..Self::default()
        }
    }

    pub(crate) fn with(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.fields
            .push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// A body whose length is told.
    pub(crate) fn with_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.pieces = vec![body.as_ref().to_vec()];
        self.length_told = true;
        self
    }

    /// A body in chunks, one after the other.
    pub(crate) fn with_pieces(mut self, pieces: &[&str]) -> Self {
        self.pieces = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
        self.length_told = false;
        self
    }

    /// One more trailer; the body is sent in chunks.
    pub(crate) fn with_trailer(mut self, name: &str, value: &str) -> Self {
        let trailers = self.trailers.get_or_insert_default();
        trailers.push((name.into(), value.into()));
        self.length_told = false;
        self
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    pub(crate) fn method(&self) -> &str {
        self.start.split_once(' ').map_or("", |(method, _)| method)
    }

    pub(crate) fn path(&self) -> &str {
        self.start.split_once(' ').map_or("", |(_, path)| path)
    }

    pub(crate) fn status(&self) -> u16 {
        self.start.parse().unwrap_or_default()
    }

    fn has_body(&self) -> bool {
        !self.pieces.is_empty() || self.trailers.is_some()
    }

    /// The fields as they are sent, those that say how long the body is among them.
    pub(crate) fn fields_on_the_wire(&self) -> Fields {
        let mut fields = self.fields.clone();
        let length = self.body().len().to_string().into_bytes();
        let is_request = self.start.contains(' ');
        let bodiless = matches!(self.status(), 204 | 304);
        if self.length_told && !bodiless && (self.has_body() || !is_request) {
            fields.push((b"content-length".to_vec(), length));
        } else if self.has_body() {
            fields.push((b"transfer-encoding".to_vec(), b"chunked".to_vec()));
        }
        fields
    }

    pub(crate) fn field(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    }
}

/// Bytes as an observation shows them.
pub(crate) fn shown(bytes: &[u8]) -> String {
    if bytes.len() > 400 {
        let begin = bytes.get(..40).unwrap_or_default().escape_ascii();
        return format!("{begin}... ({} bytes)", bytes.len());
    }
    bytes.escape_ascii().to_string()
}
