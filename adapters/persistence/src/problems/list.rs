//! The problem list: filters, sorts and keyset pages.

use super::rows::{problem, problem_tag};
use crate::error::store_error;
use crate::row::named;
use crate::text::{containing, fold_case, load_json, load_text, store_text};
use chrono::Datelike;
use codesm_core::kernel::{Cursor, Page, PageRequest, ProblemId, Slug, Timestamp};
use codesm_core::problems::{Difficulty, ProblemFilter, ProblemListItem, ProblemSort, ProblemStatus};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The columns of a list item; statements can be long and stay where they are.
#[derive(FromQueryResult)]
struct ItemRow {
    id: Uuid,
    slug: String,
    title: String,
    title_key: String,
    difficulty: String,
    tags: String,
    status: String,
    submissions_total: i64,
    submissions_accepted: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Reads one page.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    filter: &ProblemFilter,
    page: &PageRequest,
) -> Result<Page<ProblemListItem>, StoreError> {
    let Some(select) = selected(filter, page) else {
        return Ok(Page {
            items: Vec::new(),
            next_cursor: None,
            limit: page.limit,
        });
    };
    let rows = select.into_model::<ItemRow>().all(connection).await.map_err(store_error)?;
    let Page { items, next_cursor, limit } = Page::from_surplus(rows, page.limit, |row| cursor_of(filter.sort, row));
    Ok(Page {
        items: items.into_iter().map(item).collect::<Result<_, _>>()?,
        next_cursor,
        limit,
    })
}

/// The statement; `None` if nothing can come after the cursor.
fn selected(filter: &ProblemFilter, page: &PageRequest) -> Option<Select<problem::Entity>> {
    let mut select = columns().filter(wanted(filter));
    if let Some(cursor) = &page.after {
        select = select.filter(after(filter.sort, cursor)?);
    }
    // One more tells whether there is a next page.
    Some(sorted(select, filter.sort).limit(u64::from(page.limit) + 1))
}

fn columns() -> Select<problem::Entity> {
    use problem::Column as C;
    problem::Entity::find().select_only().columns([
        C::Id,
        C::Slug,
        C::Title,
        C::TitleKey,
        C::Difficulty,
        C::Tags,
        C::Status,
        C::SubmissionsTotal,
        C::SubmissionsAccepted,
        C::CreatedAt,
        C::UpdatedAt,
    ])
}

fn wanted(filter: &ProblemFilter) -> Condition {
    let ProblemFilter {
        query,
        difficulty,
        tag,
        status,
        visible_to,
        all,
        sort: _,
    } = filter;
    let mut wanted = Condition::all();
    if !*all {
        let published = problem::Column::Status.eq(ProblemStatus::Published.as_str());
        wanted = wanted.add(match visible_to {
            Some(author) => Condition::any().add(published).add(problem::Column::AuthorId.eq(author.as_uuid())),
            None => Condition::any().add(published),
        });
    }
    if let Some(difficulty) = difficulty {
        wanted = wanted.add(problem::Column::DifficultyRank.eq(difficulty.rank()));
    }
    if let Some(status) = status {
        wanted = wanted.add(problem::Column::Status.eq(status.as_str()));
    }
    if let Some(tag) = tag {
        let tagged = Query::select()
            .column(problem_tag::Column::ProblemId)
            .from(problem_tag::Entity)
            .and_where(problem_tag::Column::Tag.eq(store_text(tag)))
            .take();
        wanted = wanted.add(problem::Column::Id.in_subquery(tagged));
    }
    query.iter().fold(wanted, |wanted, query| wanted.add(contains_all(query)))
}

/// All words occur in title, slug or tags. No index serves this on both databases; it looks at the rows the other
/// filters leave, in the order of the sort, until the page is full.
fn contains_all(query: &str) -> Condition {
    let folded = store_text(&fold_case(query));
    let words: BTreeSet<&str> = folded.split_whitespace().collect();
    // A tree, not a chain: SQLite allows expressions a depth of 1000.
    let mut conditions: Vec<Condition> = words
        .into_iter()
        .map(|word| {
            let occurs = Expr::col((problem::Entity, problem::Column::SearchText)).like(LikeExpr::new(containing(word)).escape('\\'));
            Condition::all().add(occurs)
        })
        .collect();
    while conditions.len() > 1 {
        conditions = conditions
            .chunks(2)
            .map(|pair| pair.iter().cloned().fold(Condition::all(), Condition::add))
            .collect();
    }
    conditions.pop().unwrap_or_else(Condition::all)
}

fn sorted(select: Select<problem::Entity>, sort: ProblemSort) -> Select<problem::Entity> {
    use problem::Column as C;
    match sort {
        ProblemSort::Newest => select.order_by(C::CreatedAt, Order::Desc).order_by(C::Id, Order::Desc),
        ProblemSort::Oldest => select.order_by_asc(C::CreatedAt).order_by_asc(C::Id),
        ProblemSort::Title => select.order_by_asc(C::TitleKey).order_by_asc(C::Id),
        ProblemSort::Difficulty => select
            .order_by_asc(C::DifficultyRank)
            .order_by_asc(C::CreatedAt)
            .order_by_asc(C::Id),
    }
}

/// What a cursor remembers of a row: the columns of the sort, as text.
fn cursor_of(sort: ProblemSort, row: &ItemRow) -> Cursor {
    let created_at = row.created_at.timestamp_micros();
    let key = match sort {
        ProblemSort::Newest | ProblemSort::Oldest => created_at.to_string(),
        ProblemSort::Title => row.title_key.clone(),
        ProblemSort::Difficulty => {
            let rank = Difficulty::parse(&row.difficulty).map_or(-1, Difficulty::rank);
            format!("{rank} {created_at}")
        }
    };
    Cursor {
        sort: sort.as_str().to_owned(),
        key,
        id: row.id,
    }
}

/// The rows behind the cursor, as one comparison of rows, which both databases answer from the index of the sort.
///
/// `None`: the key was not made here. Cursors are not signed, so a client can make one up; nothing comes after it.
fn after(sort: ProblemSort, cursor: &Cursor) -> Option<Expr> {
    use problem::Column as C;
    let tuple = |columns: &[C]| Expr::tuple(columns.iter().map(|column| Expr::col((problem::Entity, *column))));
    let id = Expr::value(cursor.id);
    // Years that both databases know and clocks show; the library's range is wider.
    let is_plausible = |moment: &Timestamp| (1..=9999).contains(&moment.year());
    let moment = |text: &str| {
        text.parse()
            .ok()
            .and_then(Timestamp::from_timestamp_micros)
            .filter(is_plausible)
            .map(Expr::value)
    };
    Some(match sort {
        ProblemSort::Newest => tuple(&[C::CreatedAt, C::Id]).lt(Expr::tuple([moment(&cursor.key)?, id])),
        ProblemSort::Oldest => tuple(&[C::CreatedAt, C::Id]).gt(Expr::tuple([moment(&cursor.key)?, id])),
        ProblemSort::Title if cursor.key.contains('\0') => return None,
        ProblemSort::Title => tuple(&[C::TitleKey, C::Id]).gt(Expr::tuple([Expr::value(cursor.key.as_str()), id])),
        ProblemSort::Difficulty => {
            let (rank, created_at) = cursor.key.split_once(' ')?;
            let rank: i16 = rank.parse().ok()?;
            tuple(&[C::DifficultyRank, C::CreatedAt, C::Id]).gt(Expr::tuple([Expr::value(rank), moment(created_at)?, id]))
        }
    })
}

fn item(row: ItemRow) -> Result<ProblemListItem, StoreError> {
    let ItemRow {
        id,
        slug,
        title,
        title_key: _,
        difficulty,
        tags,
        status,
        submissions_total,
        submissions_accepted,
        created_at,
        updated_at,
    } = row;
    Ok(ProblemListItem {
        id: ProblemId::from_uuid(id),
        slug: Slug::from_stored(slug),
        title: load_text(title),
        difficulty: named(&difficulty, Difficulty::parse, "problems", "difficulty", id)?,
        tags: load_json(&tags, "problems", "tags", id)?,
        status: named(&status, ProblemStatus::parse, "problems", "status", id)?,
        submissions_total,
        submissions_accepted,
        created_at,
        updated_at,
    })
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
