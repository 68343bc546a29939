//! Fields that a header map of Envoy has once at most, and what `host` stands for.

use crate::headers::Headers;
use crate::profile::Profile;

/// Fields that are joined with commas when one more of the name is added. Envoy keeps a slot for each of them; all others
/// are repeated.
const JOINED: [&[u8]; 52] = [
    b":authority",
    b":method",
    b":path",
    b":protocol",
    b":scheme",
    b":status",
    b"accept",
    b"accept-encoding",
    b"access-control-allow-credentials",
    b"access-control-allow-headers",
    b"access-control-allow-methods",
    b"access-control-allow-origin",
    b"access-control-expose-headers",
    b"access-control-max-age",
    b"access-control-request-headers",
    b"access-control-request-method",
    b"age",
    b"authorization",
    b"cache-control",
    b"connection",
    b"content-encoding",
    b"content-length",
    b"content-type",
    b"date",
    b"etag",
    b"expires",
    b"grpc-accept-encoding",
    b"grpc-message",
    b"grpc-status",
    b"grpc-timeout",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
    b"if-range",
    b"if-unmodified-since",
    b"keep-alive",
    b"last-modified",
    b"location",
    b"origin",
    b"pragma",
    b"proxy-connection",
    b"referer",
    b"server",
    b"te",
    b"transfer-encoding",
    b"upgrade",
    b"user-agent",
    b"vary",
    b"via",
    b"x-forwarded-for",
    b"x-forwarded-proto",
    b"x-request-id",
];

/// The name under which a map has a field.
pub(crate) fn name_of(name: Vec<u8>, profile: &Profile) -> Vec<u8> {
    if profile.host_means_authority && name.eq_ignore_ascii_case(b"host") {
        b":authority".to_vec()
    } else {
        name
    }
}

/// Adds a field the way the profile's maps do it.
pub(crate) fn add(headers: &mut Headers, name: &[u8], value: &[u8], profile: &Profile) {
    if !profile.well_known_fields_are_joined {
        headers.append(name, value);
        return;
    }
    let joined = JOINED.contains(&name);
    let so_far = headers.get(name).filter(|_| joined).map(<[u8]>::to_vec);
    match so_far {
        Some(so_far) if so_far.is_empty() => headers.change(name, value),
        Some(_) if value.is_empty() => {}
        Some(so_far) => headers.change(name, [&so_far, b",".as_slice(), value].concat()),
        None => headers.insert(name, value),
    }
}

/// A map as the profile has it, of fields that have arrived or were given all at once.
pub(crate) fn map_of(fields: &Headers, profile: &Profile) -> Headers {
    let mut map = Headers::new();
    for (name, value) in fields.iter() {
        add(&mut map, &name_of(name.to_vec(), profile), value, profile);
    }
    map
}
