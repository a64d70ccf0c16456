//! Runs the suites of the ports.

use async_trait::async_trait;
use codesm_contract::blob_store::BlobStoreFixture;
use codesm_contract::id_generator::IdGeneratorFixture;
use codesm_contract::job_signal::JobSignalFixture;
use codesm_contract::live_events::LiveEventsFixture;
use codesm_contract::opaque_tokens::OpaqueTokensFixture;
use codesm_contract::password_hasher::{self, PasswordHasherFixture};
use codesm_contract::rate_limiter::RateLimiterFixture;
use codesm_contract::token_signer::TokenSignerFixture;
use codesm_core::auth::{OpaqueTokens, PasswordHasher, TokenSigner};
use codesm_core::jobs::JobSignal;
use codesm_core::kernel::{BlobStore, IdGenerator, RateLimiter};
use codesm_core::submissions::LiveEvents;
use codesm_memory::fakes::{FakeBlobStore, FakeTokenSigner, FakeTokens, Fakes};
use std::sync::Arc;
use std::time::Duration;

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn fakes() -> Memory {
    Memory(Fakes::new())
}

struct Memory(Fakes);

#[async_trait]
impl RateLimiterFixture for Memory {
    fn limiter(&self) -> Arc<dyn RateLimiter> {
        self.0.limiter.clone()
    }

    async fn advance(&self, by: Duration) {
        self.0.clock.advance(chrono::Duration::from_std(by).unwrap());
    }

    async fn stored(&self) -> usize {
        self.0.limiter.stored()
    }
}

impl LiveEventsFixture for Memory {
    fn events(&self) -> Arc<dyn LiveEvents> {
        self.0.events.clone()
    }
}

impl JobSignalFixture for Memory {
    fn signal(&self) -> Arc<dyn JobSignal> {
        self.0.signal.clone()
    }
}

#[async_trait]
impl BlobStoreFixture for Memory {
    fn blobs(&self) -> Arc<dyn BlobStore> {
        self.0.blobs.clone()
    }

    async fn stored(&self) -> usize {
        self.0.blobs.stored()
    }

    async fn unreachable(&self) -> Arc<dyn BlobStore> {
        let store = FakeBlobStore::new();
        store.set_down(true);
        Arc::new(store)
    }
}

impl IdGeneratorFixture for Memory {
    fn ids(&self) -> Arc<dyn IdGenerator> {
        self.0.ids.clone()
    }
}

impl TokenSignerFixture for Memory {
    fn signer(&self) -> Arc<dyn TokenSigner> {
        self.0.signer.clone()
    }

    fn other_signer(&self) -> Arc<dyn TokenSigner> {
        Arc::new(FakeTokenSigner::new("other"))
    }
}

impl OpaqueTokensFixture for Memory {
    fn tokens(&self) -> Arc<dyn OpaqueTokens> {
        self.0.tokens.clone()
    }

    fn other_tokens(&self) -> Arc<dyn OpaqueTokens> {
        Arc::new(FakeTokens::new("other"))
    }
}

impl PasswordHasherFixture for Memory {
    fn hasher(&self) -> Arc<dyn PasswordHasher> {
        self.0.hasher.clone()
    }

    fn too_many(&self) -> usize {
        unreachable!("the fake has no queue")
    }
}

mod rate_limiter {
    codesm_contract::rate_limiter_suite!(super::fakes);
}

mod live_events {
    codesm_contract::live_events_suite!(super::fakes);
}

mod job_signal {
    codesm_contract::job_signal_suite!(super::fakes);
}

mod blob_store {
    codesm_contract::blob_store_suite!(super::fakes);
}

mod id_generator {
    codesm_contract::id_generator_suite!(super::fakes);
}

mod token_signer {
    codesm_contract::token_signer_suite!(super::fakes);
}

mod opaque_tokens {
    codesm_contract::opaque_tokens_suite!(super::fakes);
}

/// The other clauses are about work, queues and Argon2, of which the fake has none: it is quick on purpose.
#[tokio::test]
async fn the_fake_hasher_tells_right_from_wrong_passwords() {
    let fakes = fakes().await;
    password_hasher::only_the_right_password_fits(&fakes).await;
    password_hasher::without_a_hash_nothing_fits(&fakes).await;
    password_hasher::a_broken_hash_fits_nothing(&fakes).await;
}
