//! Keyset pages.

use super::{AppError, AppResult, ErrorKind, FieldError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One page of a list and the cursor of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, at most `limit`.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<String>,
    /// The limit that was applied.
    pub limit: u32,
}

impl<T> Page<T> {
    /// Cuts a page out of `limit + 1` fetched rows; the surplus row only tells that there is a next page.
    #[must_use]
    pub fn from_surplus(mut rows: Vec<T>, limit: u32, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let limit_rows = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit_rows;
        rows.truncate(limit_rows);
        let next_cursor = if more {
            rows.last().map(|row| cursor_of(row).encode())
        } else {
            None
        };
        Self {
            items: rows,
            next_cursor,
            limit,
        }
    }

    /// The same page of other items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next_cursor: self.next_cursor,
            limit: self.limit,
        }
    }
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// 1 to 100.
    pub limit: u32,
    /// Position after which the page begins.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// 20: enough for a screen, small enough for a phone.
    pub const DEFAULT_LIMIT: u32 = 20;
    /// 100: the contract's maximum.
    pub const MAX_LIMIT: u32 = 100;

    /// # Errors
    /// `page.invalid_limit` (422) outside 1..=100, `page.invalid_cursor` (400) for a cursor this server did not make.
    pub fn parse(limit: Option<u32>, cursor: Option<&str>, sort: &str) -> AppResult<Self> {
        let limit = limit.unwrap_or(Self::DEFAULT_LIMIT);
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            return Err(
                AppError::invalid("page.invalid_limit", "`limit` must be 1 to 100.").with_fields(vec![FieldError {
                    field: "limit".to_owned(),
                    code: "out_of_range",
                    message: "Must be 1 to 100.".to_owned(),
                }]),
            );
        }
        let after = cursor.map(|text| Cursor::decode(text, sort)).transpose()?;
        Ok(Self { limit, after })
    }
}

/// Position in a sorted list: the sort it belongs to, the last row's sort key as text, and its id as tie-break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Name of the sort.
    pub sort: String,
    /// The last row's key in that sort, in a form the persistence adapter reads back.
    pub key: String,
    /// The last row's id.
    pub id: Uuid,
}

impl Cursor {
    /// Opaque text for clients: hexadecimal JSON, safe in addresses.
    #[must_use]
    pub fn encode(&self) -> String {
        let json = serde_json::json!([self.sort, self.key, self.id]).to_string();
        json.bytes().fold(String::with_capacity(json.len() * 2), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
            text
        })
    }

    /// # Errors
    /// `page.invalid_cursor` (400) if the text is not a cursor of this sort.
    pub fn decode(text: &str, sort: &str) -> AppResult<Self> {
        let invalid = || {
            AppError::new(
                ErrorKind::Malformed,
                "page.invalid_cursor",
                "`cursor` does not belong to this list.",
            )
            .with_fields(vec![FieldError {
                field: "cursor".to_owned(),
                code: "invalid",
                message: "Must be the `nextCursor` of an earlier page of this list.".to_owned(),
            }])
        };
        if text.len() > 2048 || !text.len().is_multiple_of(2) || !text.is_ascii() {
            return Err(invalid());
        }
        let bytes = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16))
            .collect::<Result<Vec<u8>, _>>()
            .map_err(|_| invalid())?;
        let (made_for, key, id): (String, String, Uuid) = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        if made_for != sort {
            return Err(invalid());
        }
        Ok(Self { sort: made_for, key, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_only_its_own_sort_accepts_it() {
        let cursor = Cursor {
            sort: "title".into(),
            key: "Ä \"quoted\"".into(),
            id: Uuid::from_u128(7),
        };
        assert_eq!(Cursor::decode(&cursor.encode(), "title").unwrap(), cursor);
        assert_eq!(
            Cursor::decode(&cursor.encode(), "newest").unwrap_err().code(),
            "page.invalid_cursor"
        );
    }

    #[test]
    fn rubbish_is_no_cursor() {
        for text in ["x", "zz", "7b7d", "é", "5b5d", "+1+1"] {
            assert!(Cursor::decode(text, "title").is_err(), "{text}");
        }
    }

    #[test]
    fn the_surplus_row_makes_the_next_cursor() {
        let cursor_of = |n: &u32| Cursor {
            sort: "n".into(),
            key: n.to_string(),
            id: Uuid::nil(),
        };
        let page = Page::from_surplus(vec![1, 2, 3], 2, cursor_of);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(Cursor::decode(&page.next_cursor.unwrap(), "n").unwrap().key, "2");
        assert_eq!(Page::from_surplus(vec![1, 2], 2, cursor_of).next_cursor, None);
    }
}
