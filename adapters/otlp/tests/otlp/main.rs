//! The trace context keeps the contract of its port. What arrives at a collector is tested with whole processes, in `tests/e2e/traces.rs`.

use codesm_contract::trace_context::TraceContextFixture;
use codesm_core::kernel::TraceContext;
use codesm_otlp::{OtlpTraceContext, TraceSettings, Traces};
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::layer::SubscriberExt as _;

struct NoCollector {
    traces: Traces,
}

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn no_collector() -> NoCollector {
    let settings = TraceSettings {
        // Port 9 discards; nobody listens there.
        endpoint: "http://127.0.0.1:9".to_owned(),
        sample_ratio: 1.0,
        version: "0.0.0",
        role: "test",
    };
    // Off the runtime of the test, as `Traces::start` demands.
    let started = std::thread::spawn(move || Traces::start(&settings)).join();
    NoCollector {
        traces: started.expect("no panic").expect("an exporter"),
    }
}

impl Drop for NoCollector {
    fn drop(&mut self) {
        // Nobody takes the spans; what matters is that the thread ends.
        let _ = self.traces.stop(Duration::from_secs(10));
    }
}

impl TraceContextFixture for NoCollector {
    fn traces(&self) -> Arc<dyn TraceContext> {
        Arc::new(OtlpTraceContext)
    }

    fn traced(&self, work: &mut dyn FnMut()) {
        let subscriber = tracing_subscriber::registry().with(self.traces.layer());
        tracing::subscriber::with_default(subscriber, work);
    }
}

mod trace_context {
    codesm_contract::trace_context_suite!(super::no_collector);
}
