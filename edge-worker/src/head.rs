//! The head of a request, as the core reads it.

use levee_core::{Header, Request, client::parse_address, request::Country};
use std::net::IpAddr;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::{
    js_sys::{Array, Reflect, try_iter},
    web_sys,
};

/// The header in which Cloudflare tells the client's address. It sets it itself and lets none through from outside.
const CLIENT: &[u8] = b"cf-connecting-ip";

/// What the runtime tells of a request.
pub(crate) struct Head {
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    peer: Option<IpAddr>,
    country: Option<Country>,
}

impl Head {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// What the runtime throws.
    pub(crate) fn of(request: &web_sys::Request) -> Result<Self, JsValue> {
        let url = request.url();
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or_default();
        let mut headers = vec![
            (b":method".to_vec(), request.method().into_bytes()),
            (b":path".to_vec(), target.as_bytes().to_vec()),
            (b":authority".to_vec(), authority.as_bytes().to_vec()),
            (b":scheme".to_vec(), scheme.as_bytes().to_vec()),
        ];
        if let Some(entries) = try_iter(&request.headers())? {
            for entry in entries {
                let entry: Array = entry?.unchecked_into();
                push(&mut headers, bytes(&entry.get(0)), bytes(&entry.get(1)));
            }
        }
        let peer = headers.iter().find(|(name, _)| name == CLIENT);
        Ok(Self {
            peer: peer.and_then(|(_, address)| parse_address(address)),
            headers,
            country: country(request),
        })
    }

    pub(crate) fn headers(&self) -> Vec<Header<'_>> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()))
            .collect()
    }

    /// The request with these headers, its own.
    pub(crate) fn request<'h>(&self, headers: &'h [Header<'h>]) -> Request<'h> {
        Request::new(headers, self.peer).from_country(self.country)
    }
}

/// Adds a header. Of cookies in several headers the runtime makes one with commas between them, which nobody splits again.
fn push(headers: &mut Vec<(Vec<u8>, Vec<u8>)>, name: Vec<u8>, value: Vec<u8>) {
    if name != b"cookie" {
        headers.push((name, value));
        return;
    }
    for cookies in value.split(|byte| *byte == b',') {
        headers.push((name.clone(), cookies.to_vec()));
    }
}

/// The bytes of a header's name or value, which is text to the runtime.
fn bytes(text: &JsValue) -> Vec<u8> {
    text.as_string().unwrap_or_default().into_bytes()
}

/// The country that the client's address is in, as Cloudflare has it. By reflection: the getters of the crate `worker` panic
/// where a property is missing, as all are outside of Cloudflare's edge.
fn country(request: &web_sys::Request) -> Option<Country> {
    let cf = Reflect::get(request, &JsValue::from_str("cf")).ok()?;
    if !cf.is_object() {
        return None;
    }
    let country = Reflect::get(&cf, &JsValue::from_str("country")).ok()?;
    Country::parse(&country.as_string()?)
}
