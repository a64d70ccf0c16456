//! Receives what other processes tell.

use crate::live_events::dropped;
use crate::live_message::{Instance, Received};
use codesm_core::submissions::LiveEvents;
use fred::prelude::{Client, ClientLike as _, EventInterface as _, PubsubInterface as _};
use fred::types::{ClusterHash, CustomCommand, Message, Value};
use fred::util::redis_keyslot;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Pause before the next attempt to subscribe.
const PAUSE: Duration = Duration::from_millis(500);
/// Pause between two looks at a subscription that stands.
const RENEWAL: Duration = Duration::from_secs(5);

/// Hands the messages of other processes to the watchers of this one.
pub(crate) async fn receive(mut messages: Receiver<Message>, instance: Instance, local: Arc<dyn LiveEvents>) {
    loop {
        match messages.recv().await {
            Ok(message) => match instance.decode(message.value.as_bytes().unwrap_or_default()) {
                Ok(Received::News(submission_id, progress)) => local.publish(submission_id, *progress),
                Ok(Received::Own) => {}
                Err(reason) => {
                    tracing::debug!(reason, "a live event of another process cannot be read");
                    dropped("unreadable", 1);
                }
            },
            Err(RecvError::Lagged(lost)) => dropped("received_too_fast", lost),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Keeps the client subscribed: Redis forgets subscriptions with the connection. They are renewed every few seconds whether the client
/// noticed a loss or not: nothing else is ever sent here, so that a peer that vanished without a word would never be missed.
pub(crate) async fn keep_subscribed(client: Client, channels: Vec<String>) {
    let mut reconnected = client.reconnect_rx();
    let mut last = None;
    loop {
        let mut pause = PAUSE;
        if client.is_connected() {
            let outcome = subscribe(&client, &channels).await;
            if last != Some(outcome.is_ok()) {
                last = Some(outcome.is_ok());
                match &outcome {
                    Ok(()) => tracing::info!("live events of other processes are heard"),
                    Err(reason) => tracing::warn!(reason, "live events of other processes are not heard; rows are read instead"),
                }
            }
            if outcome.is_ok() {
                pause = RENEWAL;
            }
        }
        tokio::select! {
            event = reconnected.recv() => if matches!(event, Err(RecvError::Closed)) {
                return;
            },
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The client does not wait for the answer to a subscription, only for the one to the question behind it. Both go to the same node of a Cluster.
async fn subscribe(client: &Client, channels: &[String]) -> Result<(), String> {
    client.subscribe(channels.to_vec()).await.map_err(|error| error.to_string())?;
    let node = ClusterHash::Custom(redis_keyslot(client.id().as_bytes()));
    let question = client.custom::<Value, Value>(CustomCommand::new_static("PING", node, false), Vec::new());
    question.await.map(drop).map_err(|error| error.to_string())
}
