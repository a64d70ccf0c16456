//! Takes several submissions or runs in together.

use super::accept::{Accepted, Known};
use super::{IdempotencyKey, Receipt, Submit, SubmitCommand};
use crate::kernel::{AppError, AppResult, ErrorKind, FieldError, RequestContext, UserId};

/// Most submissions of a batch (the contract).
pub const MAX_BATCH: usize = 100;

/// Takes batches in.
#[derive(Clone)]
pub struct SubmitBatch {
    submit: Submit,
}

impl SubmitBatch {
    /// With what takes single ones in.
    #[must_use]
    pub const fn new(submit: Submit) -> Self {
        Self { submit }
    }

    /// Commits all of them together and gives the receipts in their order, or refuses all, naming what is wrong with each. Whoever has
    /// room for one has room for a batch; the turn of each comes after those before it. The commands' own keys count for nothing.
    ///
    /// # Errors
    /// As [`Submit::submit`], with `submissions[3].` before each field; `submission.batch_size` (422).
    #[tracing::instrument(target = "codesm_trace", name = "submissions.submit_batch", skip_all)]
    pub async fn submit(
        &self,
        context: &RequestContext,
        commands: Vec<SubmitCommand>,
        key: Option<IdempotencyKey>,
    ) -> AppResult<Vec<Receipt>> {
        let user_id = context.actor.require_user()?.user_id;
        for command in &commands {
            context.actor.require(command.target.permission())?;
        }
        let count = commands.len();
        if !(1..=MAX_BATCH).contains(&count) {
            let message = format!("Must be 1 to {MAX_BATCH} submissions.");
            let field = offence("submissions", "batch_size", message.clone());
            return Err(AppError::invalid("submission.batch_size", message).with_fields(vec![field]));
        }
        let accepted = async {
            let accepted = self.accept_all(context, user_id, commands, key.as_ref()).await?;
            AppResult::Ok((accepted, self.submit.accept.require_room(context, user_id).await?))
        };
        match accepted.await {
            Ok((accepted, ahead)) => self.submit.commit(context, user_id, accepted, ahead, key).await,
            Err(refusal) => self.submit.earlier(user_id, key, count, refusal).await,
        }
    }

    async fn accept_all(
        &self,
        context: &RequestContext,
        user_id: UserId,
        commands: Vec<SubmitCommand>,
        key: Option<&IdempotencyKey>,
    ) -> AppResult<Vec<Accepted>> {
        let (mut accepted, mut known) = (Vec::with_capacity(commands.len()), Known::default());
        let mut refused: Option<(AppError, Vec<FieldError>)> = None;
        for (index, mut command) in commands.into_iter().enumerate() {
            // Checked once.
            command.idempotency = key.filter(|_| index == 0).cloned();
            match self.submit.accept.accept(context, user_id, command, &mut known).await {
                Ok(one) => accepted.push(one),
                // Not of the batch's making: the next would only meet the same.
                Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal) => return Err(error),
                Err(error) => {
                    let fields = fields_of(index, &error);
                    match &mut refused {
                        Some((_, all)) => all.extend(fields),
                        None => refused = Some((error, fields)),
                    }
                }
            }
        }
        match refused {
            None => Ok(accepted),
            // Code and kind of the first; the fields say all.
            Some((first, fields)) => Err(AppError::new(first.kind(), first.code().to_owned(), first.public_message()).with_fields(fields)),
        }
    }
}

/// What is wrong with one of them, as fields of the batch.
fn fields_of(index: usize, error: &AppError) -> Vec<FieldError> {
    let whole = format!("submissions[{index}]");
    if error.fields().is_empty() {
        return vec![offence(&whole, "refused", format!("{} ({})", error.public_message(), error.code()))];
    }
    let of_batch = |field: &FieldError| {
        let name = if field.field == "Idempotency-Key" {
            field.field.clone()
        } else {
            format!("{whole}.{}", field.field)
        };
        FieldError {
            field: name,
            ..field.clone()
        }
    };
    error.fields().iter().map(of_batch).collect()
}

fn offence(field: &str, code: &'static str, message: String) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code,
        message,
    }
}
