//! Where a listing goes on.
//!
//! A token holds the last name of the page before, and a checksum over that and over what is listed, so
//! that a token that was cut off, or is used for another listing, is told from a good one.

use xxhash_rust::xxh3::xxh3_64;

/// A token that no listing of this kind has given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a token that this listing gave; leave it empty to start from the beginning")]
pub(super) struct MalformedToken;

fn checksum(listing: &str, last: &str) -> u64 {
    xxh3_64(format!("{}:{listing}{last}", listing.len()).as_bytes())
}

/// The token for what comes after `last` in `listing`.
pub(super) fn encode(listing: &str, last: &str) -> String {
    let mut token = format!("{:016x}", checksum(listing, last));
    for byte in last.bytes() {
        for half in [byte >> 4, byte & 0xF] {
            token.extend(char::from_digit(u32::from(half), 16));
        }
    }
    token
}

/// The last name of the page before; `None` for an empty token, which asks for the first page.
pub(super) fn decode(listing: &str, token: &str) -> Result<Option<String>, MalformedToken> {
    if token.is_empty() {
        return Ok(None);
    }
    let (sum, hexadecimal) = token.split_at_checked(16).ok_or(MalformedToken)?;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = hexadecimal.as_bytes().chunks(2).map(byte).collect();
    let last = String::from_utf8(bytes.ok_or(MalformedToken)?).map_err(|_| MalformedToken)?;
    if encode(listing, &last) == format!("{sum}{hexadecimal}") { Ok(Some(last)) } else { Err(MalformedToken) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_tokens_and_no_others() {
        for last in ["a", "é id with spaces", "x".repeat(512).as_str()] {
            let token = encode("sources default", last);
            assert_eq!(decode("sources default", &token), Ok(Some(last.to_owned())));
            assert_eq!(decode("sources other", &token), Err(MalformedToken));
            assert_eq!(decode("sources default", &token[..token.len() - 1]), Err(MalformedToken));
            assert_eq!(
                decode("sources default", &token.to_uppercase()).is_ok(),
                token.to_uppercase() == token
            );
        }
        assert_eq!(decode("x", ""), Ok(None));
        for bad in ["é", "zz", "0000000000000000zz", "00000000000000000", "0123456789abcdef+1+1"] {
            assert_eq!(decode("x", bad), Err(MalformedToken), "{bad:?}");
        }
    }
}
