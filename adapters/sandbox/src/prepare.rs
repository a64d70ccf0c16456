//! What is compiled once per toolchain to make each compilation faster: C++'s header, the class data of Java's compilers.
//!
//! It is made in the sandbox like any program, from sources of the language table, and kept in the compile cache. Whoever
//! compiles looks for it, and does without where it is missing.

use crate::cache::{Artefact, CompileCache};
use crate::compile::key;
use crate::languages::Offered;
use crate::sandbox::ProcessSandbox;
use codesm_core::judging::{
    CompileLimits, CompileOutcome, CompileReport, CompileRequest, ProgramRole, ProgramSource, Sandbox, SandboxError, SourceFile,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Whose program a preparation is: not a solver's.
const ROLE: ProgramRole = ProgramRole::Checker;
/// How often a preparation looks whether somebody waits for its slot.
const LOOK: Duration = Duration::from_millis(5);
/// How long it stays away after it made room.
const PAUSE: Duration = Duration::from_secs(2);

/// How many wait for a slot.
#[derive(Debug, Default)]
pub(crate) struct Queue(AtomicUsize);

/// One who waits, until dropped.
pub(crate) struct Waiting<'a>(&'a Queue);

impl Queue {
    /// Joins those who wait.
    pub(crate) fn join(&self) -> Waiting<'_> {
        self.0.fetch_add(1, Ordering::AcqRel);
        Waiting(self)
    }

    async fn somebody_waits(&self) {
        while self.0.load(Ordering::Acquire) == 0 {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl ProcessSandbox {
    /// Compiles what makes later compilations faster and is not there yet (`prepare` in the language table), one after the
    /// other on a slot that nobody wants; returns when all is done. To be run in the background: whoever waits for a slot
    /// gets it at once, and everything works without.
    pub async fn prepare_languages(&self) {
        for request in requests(&self.shared.languages) {
            let language = &request.program.language;
            loop {
                match self.try_to_prepare(&request).await {
                    Ok(Some(report)) => {
                        if let CompileOutcome::Compiled(_) = report.outcome {
                            // Taken over while the handle keeps it from being read and checked anew.
                            self.adopt(language);
                            tracing::info!(language, wall = ?report.wall, cached = report.cached, "prepared");
                        } else {
                            tracing::warn!(language, outcome = ?report.outcome, output = report.output, "compilations are slower: nothing could be prepared");
                        }
                        break;
                    }
                    Ok(None) => tokio::time::sleep(PAUSE).await,
                    Err(_) if self.shared.closed.load(Ordering::Acquire) => return,
                    Err(error) => {
                        tracing::warn!(language, %error, "compilations are slower: nothing could be prepared");
                        break;
                    }
                }
            }
        }
    }

    /// `None` if somebody else wants the slot.
    async fn try_to_prepare(&self, request: &CompileRequest) -> Result<Option<CompileReport>, SandboxError> {
        if self.shared.permits.available_permits() == 0 && !self.shared.permits.is_closed() {
            return Ok(None);
        }
        let mut slot = self.slot().await?;
        tokio::select! {
            report = slot.compile(request.clone()) => report.map(Some),
            () = self.shared.queue.somebody_waits() => Ok(None),
        }
    }

    fn adopt(&self, preparation: &str) {
        for offered in &self.shared.languages {
            if offered.of_preparation().is_some_and(|prepared| prepared.entry.id == preparation) {
                let _ = look(&self.shared.cache, offered);
            }
        }
    }
}

/// What was prepared for a language, if a program of these files gains by it.
pub(crate) fn find(cache: &CompileCache, offered: &Offered, files: &[SourceFile]) -> Option<Arc<Artefact>> {
    let helps = offered.entry.prepare.as_ref().is_some_and(|preparation| preparation.helps(files));
    if helps { look(cache, offered) } else { None }
}

fn look(cache: &CompileCache, offered: &Offered) -> Option<Arc<Artefact>> {
    let preparation = offered.entry.prepare.as_ref()?;
    let mut prepared = offered.prepared.lock().unwrap_or_else(PoisonError::into_inner);
    let is_there = |artefact: &Arc<Artefact>| artefact.folder.is_dir();
    if !prepared.as_ref().is_some_and(is_there) {
        *prepared = None;
        let key = offered.key_of_preparation(&preparation.program(&offered.entry.id))?;
        // Kept from here on, so that it is read and checked once per process and never makes room for something else.
        *prepared = cache.get(&key).filter(is_there);
    }
    prepared.clone()
}

impl Offered {
    fn key_of_preparation(&self, program: &ProgramSource) -> Option<String> {
        let prepared = self.of_preparation()?;
        let names = prepared.source_names(program);
        Some(key(program, ROLE, &prepared, &prepared.toolchain.as_ref().ok()?.version, &names))
    }
}

/// Everything that can be prepared here.
pub(crate) fn requests(languages: &[Offered]) -> Vec<CompileRequest> {
    let of_language = |offered: &Offered| {
        offered.toolchain.as_ref().ok()?;
        let preparation = offered.entry.prepare.as_ref()?;
        Some(compile_request(preparation.program(&offered.entry.id), ROLE))
    };
    languages.iter().filter_map(of_language).collect()
}

/// Compiling as the language table says.
pub(crate) fn compile_request(program: ProgramSource, role: ProgramRole) -> CompileRequest {
    CompileRequest {
        program,
        role,
        limits: CompileLimits::default(),
    }
}
