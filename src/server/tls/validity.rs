//! The validity period of a certificate.

use std::time::{Duration, SystemTime};

use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// The validity period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    from: SystemTime,
    until: SystemTime,
}

impl Validity {
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Result<Self, String> {
        let parsed = Certificate::from_der(certificate)
            .map_err(|error| format!("is no X.509 certificate: {error}; make a new one"))?;
        let validity = parsed.tbs_certificate().validity();
        let time = |since: Duration| SystemTime::UNIX_EPOCH + since;
        Ok(Self {
            from: time(validity.not_before.to_unix_duration()),
            until: time(validity.not_after.to_unix_duration()),
        })
    }

    /// Checks that the certificate is valid at `now`.
    pub(super) fn check(self, now: SystemTime) -> Result<(), String> {
        let format = humantime::format_rfc3339_seconds;
        if now > self.until {
            return Err(format!("expired on {}: renew it", format(self.until)));
        }
        if now < self.from {
            let (from, now) = (format(self.from), format(now));
            return Err(format!("is not valid before {from}, and it is {now} here: set the clock, or wait"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_valid_from_its_first_second_to_its_last() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let validity = Validity { from: at(1000), until: at(2000) };
        assert_eq!(validity.check(at(1000)), Ok(()));
        assert_eq!(validity.check(at(2000)), Ok(()));
        assert_eq!(validity.check(at(2001)).unwrap_err(), "expired on 1970-01-01T00:33:20Z: renew it");
        assert!(validity.check(at(999)).unwrap_err().contains("not valid before 1970-01-01T00:16:40Z"));
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let error = Validity::of(&CertificateDer::from(b"certainly not".to_vec())).unwrap_err();
        assert!(error.starts_with("is no X.509 certificate"), "{error}");
    }
}
