//! A database that goes away at a chosen step.

use crate::world::World;
use async_trait::async_trait;
use codesm_core::audit::AuditRepository;
use codesm_core::auth::{SessionRepository, UserRepository};
use codesm_core::jobs::JobRepository;
use codesm_core::kernel::AppResult;
use codesm_core::problems::ProblemRepository;
use codesm_core::store::{StoreError, Tx, UnitOfWork};
use codesm_core::submissions::{IdempotencyRepository, SubmissionRepository};
use codesm_core::uploads::UploadRepository;
use codesm_memory::fakes::FakeStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};

/// Takes the store away after so many steps; a step is a begin, the use of a repository, or a commit.
#[derive(Clone)]
pub(crate) struct BreakingStore {
    store: Arc<FakeStore>,
    left: Arc<AtomicIsize>,
}

impl BreakingStore {
    pub(crate) fn new(store: Arc<FakeStore>) -> Self {
        Self {
            store,
            left: Arc::new(AtomicIsize::new(isize::MAX)),
        }
    }

    pub(crate) fn break_after(&self, steps: isize) {
        self.left.store(steps, Ordering::Release);
    }

    fn step(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 0 {
            self.store.set_down(true);
        }
    }
}

#[async_trait]
impl UnitOfWork for BreakingStore {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.step();
        let tx = self.store.begin().await?;
        Ok(Box::new(BreakingTx {
            breaking: self.clone(),
            tx,
        }))
    }
}

struct BreakingTx {
    breaking: BreakingStore,
    tx: Box<dyn Tx>,
}

impl BreakingTx {
    fn step(&self) -> &dyn Tx {
        self.breaking.step();
        &*self.tx
    }
}

#[async_trait]
impl Tx for BreakingTx {
    fn users(&self) -> &dyn UserRepository {
        self.step().users()
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self.step().sessions()
    }

    fn problems(&self) -> &dyn ProblemRepository {
        self.step().problems()
    }

    fn submissions(&self) -> &dyn SubmissionRepository {
        self.step().submissions()
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self.step().idempotency()
    }

    fn jobs(&self) -> &dyn JobRepository {
        self.step().jobs()
    }

    fn uploads(&self) -> &dyn UploadRepository {
        self.step().uploads()
    }

    fn audit(&self) -> &dyn AuditRepository {
        self.step().audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.breaking.step();
        self.tx.commit().await
    }
}

/// Acts in one new world after another, of which the first loses its database at the first step, the second at the second,
/// and so on, until the act gets through. Before that it must fail as unavailable and change no row. Gives the steps it takes.
pub(crate) async fn writes_all_or_nothing<T>(setup: impl AsyncFn() -> (World, T), act: impl AsyncFn(&World, &T) -> AppResult<()>) -> isize {
    for steps in 0..100 {
        let (world, given) = setup().await;
        let before = world.rows();
        world.breaking.break_after(steps);
        let done = act(&world, &given).await;
        world.breaking.break_after(isize::MAX);
        world.fakes.store.set_down(false);
        let Err(error) = done else {
            assert_ne!(world.rows(), before, "what succeeds leaves rows");
            return steps;
        };
        assert_eq!(error.code(), "database.unavailable", "at step {steps}");
        assert_eq!(world.rows(), before, "a partial write at step {steps}");
    }
    panic!("it never gets through");
}
