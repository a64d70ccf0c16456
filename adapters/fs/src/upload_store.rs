//! Uploaded files in a folder, sent and fetched through signed addresses of this API.

use crate::durable::{at, create_private_folder, sync_folder, temporary_file};
use crate::ticket::{Direction, Signer};
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, ErrorKind, LocalFile, Secret, Timestamp};
use codesm_core::uploads::{BEGINNING_BYTES, Ticket, Upload, UploadGate, UploadOffer, UploadStore, UploadedFile};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// No file takes this long to be copied: what is older was left by a process that died.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// Keeps uploaded files below `uploads`, under random names, readable by the owner only.
///
/// Several processes may share the folder if they share the key.
#[derive(Clone)]
pub struct FsUploadStore {
    folder: Arc<PathBuf>,
    signer: Arc<Signer>,
}

impl fmt::Debug for FsUploadStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsUploadStore").finish_non_exhaustive()
    }
}

impl FsUploadStore {
    /// Opens the store below `dir`, making `dir/uploads` if need be, and removes half-written files older than an hour. `key` signs
    /// addresses and nothing else. Blocks: call it at start-up.
    ///
    /// # Errors
    /// If the folder cannot be made or read; the message names it.
    pub fn open(dir: impl AsRef<Path>, key: Secret<[u8; 32]>) -> io::Result<Self> {
        let folder = dir.as_ref().join("uploads");
        create_private_folder(&folder).map_err(at(&folder))?;
        sweep(&folder.join(".tmp"), SystemTime::now()).map_err(at(&folder))?;
        Ok(Self {
            folder: Arc::new(folder),
            signer: Arc::new(Signer::new(key)),
        })
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static) -> AppResult<T> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || work(&folder))
            .await
            .map_err(AppError::internal)?;
        done.map_err(|error| {
            let message = "The storage of files is full or not reachable right now; try again shortly.";
            AppError::unavailable("storage.unavailable", message).with_source(error)
        })
    }

    /// An address of this API, for whoever made it absolute.
    fn address(&self, upload: &Upload, direction: Direction, expires_at: Timestamp) -> String {
        let expires = expires_at.timestamp();
        let signature = self.signer.sign(upload, direction, expires);
        format!("/api/v1/uploads/{}/content?expires={expires}&signature={signature}", upload.id)
    }
}

#[async_trait]
impl UploadStore for FsUploadStore {
    async fn offer(&self, upload: &Upload, _now: Timestamp) -> AppResult<UploadOffer> {
        Ok(UploadOffer {
            url: self.address(upload, Direction::In, upload.expires_at),
            method: "PUT",
            headers: vec![
                ("content-length".to_owned(), upload.size.to_string()),
                ("content-type".to_owned(), upload.content_type.clone()),
            ],
        })
    }

    async fn link(&self, upload: &Upload, _now: Timestamp, expires_at: Timestamp) -> AppResult<String> {
        Ok(self.address(upload, Direction::Out, expires_at))
    }

    async fn settle(&self, upload: &Upload) -> AppResult<Option<UploadedFile>> {
        let (incoming, name) = (upload.incoming.clone(), upload.name.clone());
        self.blocking(move |folder| {
            let (from, to) = (place(folder, &incoming)?, place(folder, &name)?);
            if !to.exists() {
                match fs::rename(from, &to) {
                    Ok(()) => sync_folder(folder)?,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        // A volume that is gone has no uploads either.
                        fs::metadata(folder)?;
                        return Ok(None);
                    }
                    Err(error) => return Err(error),
                }
            }
            let file = File::open(&to)?;
            let size = file.metadata()?.len();
            let mut beginning = Vec::new();
            file.take(BEGINNING_BYTES as u64).read_to_end(&mut beginning)?;
            Ok(Some(UploadedFile {
                size,
                content_type: None,
                beginning: Bytes::from(beginning),
            }))
        })
        .await
    }

    async fn fetch(&self, upload: &Upload) -> AppResult<LocalFile> {
        let (name, size) = (upload.name.clone(), upload.size);
        let found = self.blocking(move |folder| {
            let path = place(folder, &name)?;
            match fs::metadata(&path) {
                Ok(metadata) => Ok((metadata.len() == size).then_some(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => fs::metadata(folder).map(|_| None),
                Err(error) => Err(error),
            }
        });
        let path = found.await?.ok_or_else(|| missing(upload))?;
        Ok(LocalFile { path, size, guard: None })
    }

    async fn remove(&self, name: &str) -> AppResult<()> {
        let name = name.to_owned();
        self.blocking(move |folder| match fs::remove_file(place(folder, &name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::metadata(folder).map(drop),
            outcome => outcome,
        })
        .await
    }
}

#[async_trait]
impl UploadGate for FsUploadStore {
    fn admits(&self, upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool {
        self.signer.verify(upload, Direction::In, ticket, now)
    }

    fn releases(&self, upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool {
        self.signer.verify(upload, Direction::Out, ticket, now)
    }

    async fn receive(&self, upload: &Upload, file: &LocalFile) -> AppResult<()> {
        // The clone holds the guard until the bytes are copied.
        let (incoming, file) = (upload.incoming.clone(), file.clone());
        self.blocking(move |folder| {
            let to = place(folder, &incoming)?;
            let temporary = folder.join(".tmp");
            create_private_folder(&temporary)?;
            let mut copy = temporary_file(&temporary)?;
            io::copy(&mut File::open(&file.path)?, copy.as_file_mut())?;
            copy.as_file().sync_all()?;
            copy.persist(to).map_err(|error| error.error)?;
            sync_folder(folder)
        })
        .await
    }
}

/// The file of that name. Names are made by us; another could lead anywhere.
fn place(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let is_name = name.len() >= 16 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_name {
        Ok(folder.join(name))
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "an upload has a name that was not made here",
        ))
    }
}

fn sweep(temporary: &Path, now: SystemTime) -> io::Result<()> {
    create_private_folder(temporary)?;
    for entry in fs::read_dir(temporary)? {
        let path = entry?.path();
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let is_old = modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > LEFTOVER_AGE));
        if !is_old {
            continue;
        }
        match fs::remove_file(&path) {
            Ok(()) => tracing::info!(path = %path.display(), "removed a half-written upload of an earlier process"),
            Err(error) => tracing::warn!(path = %path.display(), %error, "cannot remove a half-written upload"),
        }
    }
    Ok(())
}

fn missing(upload: &Upload) -> AppError {
    let cause = format!("no file of {} bytes for upload {}", upload.size, upload.id);
    AppError::new(ErrorKind::Internal, "upload.missing", "An uploaded file is missing.").with_source(cause)
}
