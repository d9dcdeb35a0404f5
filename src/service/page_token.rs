//! Page tokens of listings.
//!
//! A token holds the last name of the previous page, and a checksum over that name and the listing. The checksum detects a
//! token that was cut off or belongs to another listing.

use data_encoding::HEXLOWER;
use xxhash_rust::xxh3::xxh3_64;

/// Hexadecimal digits of the checksum.
const CHECKSUM_DIGITS: usize = 16;

/// A token that this listing did not issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a token that this listing gave; leave it empty to start from the beginning")]
pub(super) struct MalformedToken;

fn checksum(listing: &str, last: &str) -> String {
    let sum = xxh3_64(format!("{}:{listing}{last}", listing.len()).as_bytes());
    HEXLOWER.encode(&sum.to_be_bytes())
}

/// Returns the token for the page after the name `last` in `listing`.
pub(super) fn encode(listing: &str, last: &str) -> String {
    checksum(listing, last) + &HEXLOWER.encode(last.as_bytes())
}

/// Returns the last name of the previous page, or `None` for an empty token, which asks for the first page.
pub(super) fn decode(listing: &str, token: &str) -> Result<Option<String>, MalformedToken> {
    if token.is_empty() {
        return Ok(None);
    }
    let (sum, name) = token.split_at_checked(CHECKSUM_DIGITS).ok_or(MalformedToken)?;
    let bytes = HEXLOWER.decode(name.as_bytes()).map_err(|_| MalformedToken)?;
    let last = String::from_utf8(bytes).map_err(|_| MalformedToken)?;
    if sum == checksum(listing, &last) { Ok(Some(last)) } else { Err(MalformedToken) }
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
