//! What can go wrong with a request (RFC 9457), and how it is told to people and to programs.

use axum::{
    Json,
    extract::{
        Request, State,
        rejection::{BytesRejection, FormRejection, JsonRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    SharedOrigin,
    booking::{Field, InvalidDraft},
    idempotency::InvalidKey,
    language::Language,
    payment::call_back,
    store::StoreError,
    web,
};

/// A reason why a request is not answered as it would like.
///
/// As a response it is only a status; the router gives it the body that its recipient can read.
#[derive(Clone, Debug)]
pub enum Problem {
    /// Nothing is at this address.
    NotFound,
    /// No ticket has this code.
    TicketNotFound,
    /// It takes a sign-in that is missing or over, or a form of the page that it belongs to.
    Forbidden,
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// The body is of a type that is not taken here.
    UnsupportedMediaType,
    /// The body is too large.
    TooLarge,
    /// The body cannot be read, for this reason.
    Malformed(String),
    /// The booking has to be put right in these fields.
    InvalidBooking(InvalidDraft),
    /// What is asked for has to be put right in these fields.
    InvalidQuestion(Vec<Field>),
    /// The idempotency key cannot serve as one.
    InvalidIdempotencyKey(InvalidKey),
    /// The idempotency key names a booking with other content.
    IdempotencyKeyReused,
    /// The number has been called: the ticket cannot be cancelled any more.
    AlreadyCalled,
    /// The answer is of a type that the client does not want.
    NotAcceptable,
    /// The queue has no place left.
    Full,
    /// The call-back is not signed by the payment provider, or was signed too long ago.
    Unverified,
    /// Nothing is left to pay for the ticket, or it cannot be paid for here.
    NothingToPay,
    /// More is asked at the moment than can be done.
    Busy,
    /// The database cannot be used at the moment; the log has it.
    Unavailable,
    /// The request, or its answer, did not arrive in time.
    TimedOut,
    /// A fault of the program or its surroundings; the log has it.
    Internal,
}

impl Problem {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::TicketNotFound | Self::NothingToPay => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed(_) | Self::InvalidIdempotencyKey(_) => StatusCode::BAD_REQUEST,
            Self::Unverified => StatusCode::UNAUTHORIZED,
            Self::Full | Self::AlreadyCalled => StatusCode::CONFLICT,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::InvalidBooking(_) | Self::InvalidQuestion(_) | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Busy | Self::Unavailable | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The problem type, a stable URI that a program can compare.
    #[must_use]
    pub fn type_uri(&self) -> &'static str {
        match self {
            Self::NotFound => "urn:levee-origin:problem:not-found",
            Self::TicketNotFound => "urn:levee-origin:problem:ticket-not-found",
            Self::Forbidden => "urn:levee-origin:problem:forbidden",
            Self::MethodNotAllowed => "urn:levee-origin:problem:method-not-allowed",
            Self::UnsupportedMediaType => "urn:levee-origin:problem:unsupported-media-type",
            Self::TooLarge => "urn:levee-origin:problem:too-large",
            Self::Malformed(_) => "urn:levee-origin:problem:malformed",
            Self::InvalidBooking(_) => "urn:levee-origin:problem:invalid-booking",
            Self::InvalidQuestion(_) => "urn:levee-origin:problem:invalid-question",
            Self::InvalidIdempotencyKey(_) => "urn:levee-origin:problem:invalid-idempotency-key",
            Self::IdempotencyKeyReused => "urn:levee-origin:problem:idempotency-key-reused",
            Self::AlreadyCalled => "urn:levee-origin:problem:already-called",
            Self::NotAcceptable => "urn:levee-origin:problem:not-acceptable",
            Self::Full => "urn:levee-origin:problem:full",
            Self::Unverified => "urn:levee-origin:problem:unverified",
            Self::NothingToPay => "urn:levee-origin:problem:nothing-to-pay",
            Self::Busy => "urn:levee-origin:problem:busy",
            Self::Unavailable => "urn:levee-origin:problem:unavailable",
            Self::TimedOut => "urn:levee-origin:problem:timed-out",
            Self::Internal => "urn:levee-origin:problem:internal",
        }
    }

    /// A body that the framework could not read, by the status that it would answer with.
    pub(crate) fn unreadable(status: StatusCode, reason: String) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            _ => Self::Malformed(reason),
        }
    }

    /// The fields of the request that have to be put right.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::InvalidBooking(InvalidDraft(fields)) | Self::InvalidQuestion(fields) => fields,
            _ => &[],
        }
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        Self::unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::Malformed(rejection.body_text())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Self::unreadable(rejection.status(), rejection.body_text())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Locked | StoreError::Collided => Self::Busy,
            StoreError::KeyReused => Self::IdempotencyKeyReused,
            StoreError::Full => Self::Full,
            StoreError::NoSpace | StoreError::Unreachable(_) => {
                tracing::error!(%error, "a request failed in the database");
                Self::Unavailable
            }
            StoreError::Closed | StoreError::Unreadable { .. } | StoreError::Failed(_) => {
                tracing::error!(%error, "a request failed in the database");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if matches!(self, Self::Busy | Self::Unavailable | Self::TimedOut) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if matches!(self, Self::Unverified) {
            // A 401 names a way to authenticate (RFC 9110, 15.5.2).
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("StandardWebhooks"),
            );
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every [`Problem`] a body: `application/problem+json` where programs ask, a page everywhere else.
pub(crate) async fn show(
    State(origin): State<SharedOrigin>,
    language: Language,
    request: Request,
    next: Next,
) -> Response {
    let for_programs = is_for_programs(request.uri().path());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let shown = if for_programs {
        Document::new(&problem, language).into_response()
    } else {
        web::problem_page(&origin, language, &problem)
    };
    let (parts, body) = shown.into_parts();
    *response.body_mut() = body;
    // The empty body that stood here had said that it is empty.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(parts.headers);
    response
}

/// Whether no person sees what is at this path.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || ["/healthz", "/readyz", call_back::PATH].contains(&path)
}

/// A problem as RFC 9457 writes it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// What kind of problem it is: compare this one.
    #[serde(rename = "type")]
    #[schema(format = "uri", pattern = "^urn:levee-origin:problem:[a-z-]+$")]
    type_uri: &'static str,
    /// The kind in a few words, in the language of the request.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What can be done about it, in the language of the request.
    detail: String,
    /// The fields that have to be put right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Correction>,
}

/// A field that has to be put right.
#[derive(Serialize, ToSchema)]
struct Correction {
    /// Its name in the request.
    #[schema(example = "day")]
    field: &'static str,
    /// What would be right, in the language of the request.
    detail: &'static str,
}

impl Document {
    pub(crate) fn new(problem: &Problem, language: Language) -> Self {
        let messages = language.messages();
        let correct = |field: &Field| Correction {
            field: field.name(),
            detail: messages.correction(*field),
        };
        Self {
            type_uri: problem.type_uri(),
            title: messages.problem_title(problem),
            status: problem.status().as_u16(),
            detail: match problem {
                // What exactly the parser met is of use to whoever wrote the program.
                Problem::Malformed(reason) => reason.clone(),
                _ => messages.problem_detail(problem).to_owned(),
            },
            errors: problem.fields().iter().map(correct).collect(),
        }
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("application/problem+json");
        ([(header::CONTENT_TYPE, kind)], Json(self)).into_response()
    }
}
