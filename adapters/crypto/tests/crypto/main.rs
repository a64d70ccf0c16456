//! Passwords and tokens keep the contracts of their ports.

use codesm_contract::opaque_tokens::OpaqueTokensFixture;
use codesm_contract::password_hasher::PasswordHasherFixture;
use codesm_contract::token_signer::TokenSignerFixture;
use codesm_core::auth::{OpaqueTokens, PasswordHasher, TokenSigner};
use codesm_core::kernel::Secret;
use codesm_crypto::{Argon2PasswordHasher, JwtTokenSigner, PasswordHashingCost, RandomTokens};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// Clauses about time want the machine for themselves.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

struct Crypto {
    hasher: Arc<Argon2PasswordHasher>,
    _alone: MutexGuard<'static, ()>,
}

async fn crypto() -> Crypto {
    // Cheaper than in production: the shorter the work, the less a busy machine disturbs the clauses about time.
    let cost = PasswordHashingCost::new(8192, 2, 1).expect("a cost that Argon2 takes");
    Crypto {
        _alone: ONE_AT_A_TIME.lock().await,
        hasher: Arc::new(Argon2PasswordHasher::new(2, 4, cost).expect("8 MiB are there")),
    }
}

fn signer(key: u8) -> Arc<dyn TokenSigner> {
    Arc::new(JwtTokenSigner::new(&Secret::new(vec![key; 32]), "codesm", "codesm-api").expect("32 bytes"))
}

impl PasswordHasherFixture for Crypto {
    fn hasher(&self) -> Arc<dyn PasswordHasher> {
        self.hasher.clone()
    }

    fn too_many(&self) -> usize {
        60
    }
}

impl TokenSignerFixture for Crypto {
    fn signer(&self) -> Arc<dyn TokenSigner> {
        signer(1)
    }

    fn other_signer(&self) -> Arc<dyn TokenSigner> {
        signer(2)
    }
}

impl OpaqueTokensFixture for Crypto {
    fn tokens(&self) -> Arc<dyn OpaqueTokens> {
        Arc::new(RandomTokens::new(Secret::new([1; 32])))
    }

    fn other_tokens(&self) -> Arc<dyn OpaqueTokens> {
        Arc::new(RandomTokens::new(Secret::new([2; 32])))
    }
}

mod password_hasher {
    codesm_contract::password_hasher_suite!(super::crypto);
}

mod token_signer {
    codesm_contract::token_signer_suite!(super::crypto);
}

mod opaque_tokens {
    codesm_contract::opaque_tokens_suite!(super::crypto);
}
