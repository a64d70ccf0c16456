//! Argon2id in PHC form, off the async threads and bounded.

use crate::keys::random;
use crate::scratch;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use codesm_core::auth::PasswordHasher;
use codesm_core::kernel::{AppError, AppResult, Secret};
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// 1 GiB: a stored hash that asks for more is broken, and would take the process down with it.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;

type Failure = Box<dyn StdError + Send + Sync>;

/// What one hash costs.
#[derive(Clone, Debug)]
pub struct PasswordHashingCost(Params);

/// Argon2 does not take this cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHashingCost(String);

impl fmt::Display for InvalidHashingCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Argon2 does not take this cost: {}", self.0)
    }
}

impl StdError for InvalidHashingCost {}

impl PasswordHashingCost {
    /// 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, Argon2id.
    pub const OWASP: Self = Self(Params::DEFAULT);

    /// Memory in KiB, passes over it, and lanes.
    ///
    /// # Errors
    /// [`InvalidHashingCost`] for what Argon2 does not take, or more than 1 GiB.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, InvalidHashingCost> {
        if memory_kib > MOST_MEMORY_KIB {
            return Err(InvalidHashingCost(format!("{memory_kib} KiB is more than 1 GiB")));
        }
        Params::new(memory_kib, passes, lanes, None)
            .map(Self)
            .map_err(|error| InvalidHashingCost(error.to_string()))
    }
}

impl Default for PasswordHashingCost {
    fn default() -> Self {
        Self::OWASP
    }
}

/// Argon2id behind a bounded queue. Each running hash holds its memory only while it runs.
pub struct Argon2PasswordHasher {
    cost: PasswordHashingCost,
    /// What a password is compared with when there is no account: the same work, and nobody knows its password.
    dummy: Arc<str>,
    /// One permit per call that runs or waits.
    admitted: Arc<Semaphore>,
    /// One permit per call that runs.
    running: Arc<Semaphore>,
}

impl fmt::Debug for Argon2PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2PasswordHasher")
            .field("cost", &self.cost)
            .field("admitted", &self.admitted)
            .field("running", &self.running)
            .finish_non_exhaustive()
    }
}

/// Both permits of a call. They go with the work into the blocking thread, which carries on when its caller has gone.
struct Turn {
    _running: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
}

impl Argon2PasswordHasher {
    /// At most `max_parallel` hashes (at least 1) run at once and `max_waiting` wait. Computes one hash, which blocks for a moment.
    ///
    /// # Errors
    /// `internal.unexpected` if the cost cannot be paid on this machine.
    pub fn new(max_parallel: usize, max_waiting: usize, cost: PasswordHashingCost) -> AppResult<Self> {
        let max_parallel = max_parallel.clamp(1, Semaphore::MAX_PERMITS);
        let max_admitted = max_parallel.saturating_add(max_waiting).min(Semaphore::MAX_PERMITS);
        let dummy = hash(&cost, &random::<32>()).map_err(AppError::internal)?;
        Ok(Self {
            cost,
            dummy: dummy.into(),
            admitted: Arc::new(Semaphore::new(max_admitted)),
            running: Arc::new(Semaphore::new(max_parallel)),
        })
    }

    async fn turn(&self) -> AppResult<Turn> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|error| AppError::unavailable("auth.busy", "Too many logins at once; try again shortly.").with_source(error))?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(AppError::internal)?;
        Ok(Turn {
            _running: running,
            _admitted: admitted,
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> AppResult<T> {
        let turn = self.turn().await?;
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(AppError::internal)?
            .map_err(AppError::internal)
    }
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: Secret<String>) -> AppResult<Secret<String>> {
        let cost = self.cost.clone();
        self.run(move || hash(&cost, password.reveal().as_bytes()).map(Secret::new)).await
    }

    async fn verify(&self, password: Secret<String>, stored: Option<Secret<String>>) -> AppResult<bool> {
        let dummy = Arc::clone(&self.dummy);
        self.run(move || {
            let fits = verify(
                password.reveal().as_bytes(),
                stored.as_ref().map_or(&*dummy, |stored| stored.reveal()),
            )?;
            Ok(fits && stored.is_some())
        })
        .await
    }
}

fn hash(cost: &PasswordHashingCost, password: &[u8]) -> Result<String, Failure> {
    let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, &cost.0);
    let salt = Salt::new(&random::<{ argon2::RECOMMENDED_SALT_LEN }>())?;
    let output = compute(algorithm, version, params, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
    let stored = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(stored.to_string())
}

/// The parameters of the stored hash win, so that raising the cost locks nobody out.
fn verify(password: &[u8], stored: &str) -> Result<bool, Failure> {
    let stored = PasswordHash::new(stored)?;
    let params = Params::try_from(&stored)?;
    if params.m_cost() > MOST_MEMORY_KIB {
        return Err(Failure::from("the stored hash asks for more than 1 GiB"));
    }
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    // Hashes without a version are of the first one (PHC string format).
    let version = stored.version.map_or(Ok(Version::V0x10), Version::try_from)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(Failure::from("the stored hash has no salt or no output"));
    };
    let output = compute(algorithm, version, &params, password, salt, expected.len())?;
    // `Output` compares in constant time.
    Ok(output == *expected)
}

fn compute(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    password: &[u8],
    salt: &Salt,
    length: usize,
) -> Result<Output, Failure> {
    let argon2 = Argon2::new(algorithm, version, params.clone());
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..length).ok_or("the stored hash is too long")?;
    argon2.hash_password_into_with_memory(password, salt, output, scratch::blocks(params.block_count()))?;
    Ok(Output::new(output)?)
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
