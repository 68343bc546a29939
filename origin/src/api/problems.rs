//! How the document describes problems: by examples that the code of the answers wrote.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        Content, Header, Object, Ref, RefOr, Response, ResponseBuilder, Type, example::ExampleBuilder,
    },
};

use crate::{
    language::Language,
    problem::{Document, Problem},
};

/// Declares a type that describes the problems an operation can end with, and those that each can.
macro_rules! problems {
    ($name:ident: $($problem:ident $(($content:expr))?),* $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::api::problems::describe([$($crate::problem::Problem::$problem $(($content))?),*])
            }
        }
    };
}
pub(super) use problems;

/// What any operation can end with.
pub(super) struct EveryOperation;

impl IntoResponses for EveryOperation {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        describe([])
    }
}

/// Describes these problems and those that any operation can end with, by status.
pub(super) fn describe<const N: usize>(problems: [Problem; N]) -> BTreeMap<String, RefOr<Response>> {
    let own = by_status(problems).map(|(status, response)| (status, RefOr::T(response)));
    let everywhere = everywhere().map(|(status, _)| {
        let described = Ref::from_response_name(name_of(&status));
        (status, RefOr::Ref(described))
    });
    own.chain(everywhere).collect()
}

/// The responses that descriptions refer to, by name: those that are the same for every operation.
pub(super) fn shared() -> BTreeMap<String, RefOr<Response>> {
    everywhere()
        .map(|(status, response)| (name_of(&status), RefOr::T(response)))
        .collect()
}

/// What any operation can end with. None of these statuses is one that an operation has problems of its own with.
fn everywhere() -> impl Iterator<Item = (String, Response)> {
    by_status([
        Problem::NotAcceptable,
        Problem::Internal,
        Problem::Busy,
        Problem::Unavailable,
        Problem::TimedOut,
    ])
}

fn name_of(status: &str) -> String {
    format!("Problem{status}")
}

fn by_status<const N: usize>(problems: [Problem; N]) -> impl Iterator<Item = (String, Response)> {
    let mut by_status: BTreeMap<StatusCode, Vec<Problem>> = BTreeMap::new();
    for problem in problems {
        by_status.entry(problem.status()).or_default().push(problem);
    }
    by_status
        .into_iter()
        .map(|(status, problems)| (status.as_str().to_owned(), response(status, &problems)))
}

fn response(status: StatusCode, problems: &[Problem]) -> Response {
    let titles: Vec<_> = problems
        .iter()
        .map(|problem| Language::English.messages().problem_title(problem))
        .collect();
    let mut content = Content::new(Some(Ref::from_schema_name(Document::name())));
    for problem in problems {
        // The last part of the type names the example.
        let name = problem.type_uri().rsplit(':').next().unwrap_or_default();
        let value = serde_json::to_value(Document::new(problem, Language::English)).ok();
        content
            .examples
            .insert(name.to_owned(), ExampleBuilder::new().value(value).build().into());
    }
    let response = ResponseBuilder::new()
        .description(titles.join("; "))
        .content("application/problem+json", content);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let mut after = Header::new(Object::with_type(Type::Integer));
        after.description = Some("Seconds after which to try again".to_owned());
        return response.header("Retry-After", after).build();
    }
    response.build()
}
