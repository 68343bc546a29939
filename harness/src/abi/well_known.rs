//! Fields that a header map of Envoy has once at most, and what `host` stands for.

use crate::headers::Headers;
use crate::profile::Profile;

/// Fields that are joined with commas when one more of the name is added. Envoy keeps a slot for each of them; all others
/// are repeated. In order, so that a name is found quickly.
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
    let joined = JOINED.binary_search(&name).is_ok();
    let so_far = headers.get(name).filter(|_| joined).map(<[u8]>::to_vec);
    match so_far {
        Some(so_far) if so_far.is_empty() => headers.change(name, value),
        Some(_) if value.is_empty() => {}
        Some(so_far) => headers.change(name, [&so_far, b",".as_slice(), value].concat()),
        None => headers.insert(name, value),
    }
}

/// A map as the profile has it, of fields that have arrived or were given all at once.
pub(crate) fn map_of(fields: Headers, profile: &Profile) -> Headers {
    if is_such_a_map(&fields, profile) {
        return fields;
    }
    let mut map = Headers::new();
    for (name, value) in fields.iter() {
        add(&mut map, &name_of(name.to_vec(), profile), value, profile);
    }
    map
}

/// Whether there is nothing to join, to rename or to move: so it is for nearly every message, and looking is cheaper than
/// building the map anew.
fn is_such_a_map(fields: &Headers, profile: &Profile) -> bool {
    let mut behind_pseudo = false;
    let in_place = fields.iter().all(|(name, _)| {
        let is_pseudo = name.starts_with(b":");
        let misplaced = is_pseudo && behind_pseudo && profile.well_known_fields_are_joined;
        behind_pseudo |= !is_pseudo;
        let renamed = profile.host_means_authority && name.eq_ignore_ascii_case(b"host");
        !misplaced && !renamed
    });
    in_place && !(profile.well_known_fields_are_joined && fields.may_repeat_names())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_in_which_they_are_searched() {
        assert!(JOINED.is_sorted());
    }

    #[test]
    fn what_is_such_a_map_already_is_what_building_it_gives() {
        let maps: [&[(&str, &str)]; 6] = [
            &[(":path", "/"), ("accept", "a"), ("x", "1"), ("x", "2")],
            &[(":path", "/"), ("accept", "a"), ("x", "1"), ("accept", "b")],
            &[("x", "1"), (":path", "/")],
            &[(":path", "/"), ("host", "h")],
            &[("accept", ""), ("accept", "b")],
            &[],
        ];
        for fields in maps {
            let given: Headers = fields.iter().copied().collect();
            for profile in [Profile::envoy(), Profile::strict(), Profile::ngx()] {
                let mut built = Headers::new();
                for (name, value) in given.iter() {
                    add(&mut built, &name_of(name.to_vec(), &profile), value, &profile);
                }
                assert_eq!(map_of(given.clone(), &profile), built, "{given:?}");
            }
        }
    }
}
