//! Signatures of addresses of this API.

use codesm_core::kernel::{Secret, Timestamp};
use codesm_core::uploads::{Ticket, Upload};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
}

/// Signs with HMAC-SHA-256.
pub(crate) struct Signer {
    key: Secret<[u8; 32]>,
}

impl Signer {
    pub(crate) const fn new(key: Secret<[u8; 32]>) -> Self {
        Self { key }
    }

    pub(crate) fn sign(&self, upload: &Upload, direction: Direction, expires: i64) -> String {
        hex::encode(self.mac(upload, direction, expires).finalize().into_bytes())
    }

    pub(crate) fn verify(&self, upload: &Upload, direction: Direction, ticket: &Ticket, now: Timestamp) -> bool {
        let Ok(signature) = hex::decode(&ticket.signature) else {
            return false;
        };
        let mac = self.mac(upload, direction, ticket.expires);
        // Compared in constant time by `verify_slice`.
        mac.verify_slice(&signature).is_ok() && now.timestamp() < ticket.expires
    }

    /// Over all that the bearer may do, with an end to each part: no two tickets have the same text.
    fn mac(&self, upload: &Upload, direction: Direction, expires: i64) -> Hmac<Sha256> {
        let direction = match direction {
            Direction::In => "in",
            Direction::Out => "out",
        };
        let text = format!(
            "{direction}\n{}\n{}\n{}\n{}\n{}\n{expires}",
            upload.id, upload.incoming, upload.name, upload.content_type, upload.size
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.reveal()).expect("HMAC takes keys of every length");
        mac.update(text.as_bytes());
        mac
    }
}
