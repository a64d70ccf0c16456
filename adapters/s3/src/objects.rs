//! What is done with objects: looked at, read, written whole or in parts, copied, removed.

use crate::client::{Payload, Request, S3Client};
use crate::failure::Failure;
use crate::retry::retrying;
use crate::xml;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use md5::{Digest, Md5};
use reqwest::Response;
use rusty_s3::Method;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What is larger is sent in parts of this size: a part that fails is sent again, not all of it. S3 takes parts from 5 MiB up, and
/// at most 10 000 of them.
const PART_BYTES: u64 = 16 * 1024 * 1024;
/// Most parts there may be.
const MAX_PARTS: u64 = 10_000;
/// Parts on their way at once.
const PARTS_AT_ONCE: usize = 4;

/// What the service says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectFacts {
    pub(crate) size: u64,
    pub(crate) content_type: Option<String>,
}

impl ObjectFacts {
    fn of(answer: &Response) -> Result<Self, Failure> {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        // The size of all of it, also if only a part was asked for.
        let whole = header("content-range")
            .and_then(|range| range.rsplit_once('/'))
            .map(|(_, size)| size);
        let size = whole.or_else(|| header("content-length")).and_then(|size| size.parse().ok());
        Ok(Self {
            size: size.ok_or_else(|| Failure::Transient("S3 does not say how large an object is".to_owned()))?,
            content_type: header("content-type").map(str::to_owned),
        })
    }
}

impl S3Client {
    /// Size and type of an object, if there is one.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<ObjectFacts>, Failure> {
        let request = Request::new(Method::Head, key);
        let found = retrying(self.patience(), "head", || async {
            let answer = self.send_once(&request).await?;
            ObjectFacts::of(&answer)
        });
        match found.await {
            Ok(facts) => Ok(Some(facts)),
            Err(Failure::Missing) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// An object from its beginning, and what the service says of it. Tries once.
    pub(crate) async fn open(&self, key: &str) -> Result<(ObjectFacts, Response), Failure> {
        let answer = self.send_once(&Request::new(Method::Get, key)).await?;
        Ok((ObjectFacts::of(&answer)?, answer))
    }

    /// The first bytes of an object that is not empty, and what the service says of it.
    pub(crate) async fn beginning(&self, key: &str, max: usize) -> Result<(ObjectFacts, Bytes), Failure> {
        let last = max.saturating_sub(1);
        let request = Request::new(Method::Get, key).header("range", format!("bytes=0-{last}"));
        retrying(self.patience(), "get range", || async {
            let answer = self.send_once(&request).await?;
            let facts = ObjectFacts::of(&answer)?;
            let bytes = self.bytes(answer, max).await?;
            let expected = usize::try_from(facts.size).unwrap_or(usize::MAX).min(max);
            if bytes.len() == expected {
                Ok((facts, Bytes::from(bytes)))
            } else {
                Err(Failure::Transient("an object came back short".to_owned()))
            }
        })
        .await
    }

    /// Writes an object of these few bytes.
    pub(crate) async fn put_bytes(&self, key: &str, bytes: Bytes) -> Result<(), Failure> {
        let request = Request::new(Method::Put, key)
            .header("content-md5", BASE64_STANDARD.encode(Md5::digest(&bytes)))
            .payload(Payload::Bytes(bytes));
        self.ask("put", &request).await.map(drop)
    }

    /// Writes an object from a file of this machine, in parts if it is large.
    pub(crate) async fn put_file(&self, key: &str, path: &Path, size: u64) -> Result<(), Failure> {
        if size > PART_BYTES {
            return self.put_parts(key, path, size).await;
        }
        let request = Request::new(Method::Put, key)
            .header("content-md5", digest(path, 0, size).await?)
            .payload(part(path, 0, size));
        self.ask("put", &request).await.map(drop)
    }

    async fn put_parts(&self, key: &str, path: &Path, size: u64) -> Result<(), Failure> {
        let created = self
            .ask("create upload", &Request::new(Method::Post, key).query("uploads", ""))
            .await?;
        let upload = xml::text_of(&created, "UploadId")
            .ok_or_else(|| Failure::Transient("S3 does not say how an upload in parts is called".to_owned()))?;
        let sent = self.send_parts(key, &upload, path, size).await;
        if sent.is_err() {
            // Otherwise its parts would stay, unseen and paid for.
            let abort = Request::new(Method::Delete, key).query("uploadId", &upload);
            if let Err(failure) = self.ask("abort upload", &abort).await {
                tracing::warn!(%failure, "an upload in parts could not be aborted; the bucket's lifecycle rule will remove it");
            }
        }
        sent
    }

    async fn send_parts(&self, key: &str, upload: &str, path: &Path, size: u64) -> Result<(), Failure> {
        let part_bytes = PART_BYTES.max(size.div_ceil(MAX_PARTS));
        let sending = (1..=size.div_ceil(part_bytes)).map(|number| {
            let offset = (number - 1) * part_bytes;
            self.send_part(key, upload, number, path, offset, part_bytes.min(size - offset))
        });
        let tags: Vec<String> = stream::iter(sending).buffered(PARTS_AT_ONCE).try_collect().await?;
        let complete = Request::new(Method::Post, key)
            .query("uploadId", upload)
            .payload(Payload::Bytes(xml::complete_upload(&tags).into()));
        let completed = retrying(self.patience(), "complete upload", || async {
            let answer = self.send_once(&complete).await?;
            let document = self.text(answer).await?;
            // Success may turn into failure while the service is at work: then the document says so.
            match xml::text_of(&document, "Code") {
                Some(code) => Err(Failure::Transient(format!("S3 could not complete an upload: {code}"))),
                None => Ok(()),
            }
        });
        match completed.await {
            // An attempt whose answer was lost may have succeeded. Then there is no such upload any more, but there is the object.
            Err(failure @ (Failure::Missing | Failure::Refused { .. })) => match self.head(key).await? {
                Some(facts) if facts.size == size => Ok(()),
                Some(_) | None => Err(failure),
            },
            outcome => outcome,
        }
    }

    async fn send_part(&self, key: &str, upload: &str, number: u64, path: &Path, offset: u64, length: u64) -> Result<String, Failure> {
        let request = Request::new(Method::Put, key)
            .query("partNumber", number.to_string())
            .query("uploadId", upload)
            .header("content-md5", digest(path, offset, length).await?)
            .payload(part(path, offset, length));
        retrying(self.patience(), "put part", || async {
            let answer = self.send_once(&request).await?;
            let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
            tag.ok_or_else(|| Failure::Transient("S3 gives no tag for a part".to_owned()))
        })
        .await
    }

    /// Copies an object inside the bucket.
    pub(crate) async fn copy(&self, from: &str, to: &str) -> Result<(), Failure> {
        let request = Request::new(Method::Put, to).header("x-amz-copy-source", self.source_of_copy(from));
        let document = self.ask("copy", &request).await?;
        match xml::text_of(&document, "Code") {
            Some(code) => Err(Failure::Transient(format!("S3 could not copy an object: {code}"))),
            None => Ok(()),
        }
    }

    /// Removes an object, if it is there.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), Failure> {
        match self.ask("delete", &Request::new(Method::Delete, key)).await {
            Ok(_) | Err(Failure::Missing) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

fn part(path: &Path, offset: u64, length: u64) -> Payload {
    Payload::Part {
        path: path.to_owned(),
        offset,
        length,
    }
}

/// Content-MD5 of a part of a file: the service refuses what arrives otherwise.
async fn digest(path: &Path, offset: u64, length: u64) -> Result<String, Failure> {
    let path = path.to_owned();
    let digested = tokio::task::spawn_blocking(move || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut hasher = Md5::new();
        let mut rest = file.take(length);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match rest.read(&mut buffer)? {
                0 => return Ok(BASE64_STANDARD.encode(hasher.finalize())),
                count => hasher.update(&buffer[..count]),
            }
        }
    });
    digested
        .await
        .map_err(|error| Failure::Local(std::io::Error::other(error)))?
        .map_err(Failure::Local)
}
