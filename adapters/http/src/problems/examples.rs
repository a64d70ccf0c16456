//! Examples for the OpenAPI document.

use super::dto::{
    AttachmentDto, AuthorDto, DifficultyDto, GroupSummaryDto, ProblemDto, ProblemItemDto, ProblemKindDto, ProblemStatusDto, SampleDto,
    TestSetDto,
};
use super::report::{ImportReportDto, PackageReportDto};
use super::requests::{CheckerBody, EditBody, GroupBody, NewProblemBody, TestBody, TestsBody};
use crate::response::{Maybe, Nullable, Time};
use chrono::DateTime;
use poem_openapi::types::Example;
use uuid::Uuid;

fn group() -> GroupSummaryDto {
    GroupSummaryDto {
        name: "secret/easy".to_owned(),
        tests: 1,
        max_score: Nullable(Some(40.0)),
    }
}

const STATEMENT: &str = "Read two integers and print their sum.";

impl Example for NewProblemBody {
    fn example() -> Self {
        Self {
            title: "A plus B".to_owned(),
            slug: Maybe(Some("a-plus-b".to_owned())),
            statement: STATEMENT.to_owned(),
            difficulty: DifficultyDto::Easy,
            tags: Maybe(Some(vec!["warm-up".to_owned()])),
            time_limit_ms: Maybe(Some(1000)),
            memory_limit_mb: Maybe(Some(256)),
            output_limit_kb: Maybe(None),
        }
    }
}

impl Example for EditBody {
    fn example() -> Self {
        Self {
            title: Maybe(Some("A plus B, again".to_owned())),
            slug: Maybe(None),
            statement: Maybe(None),
            difficulty: Maybe(Some(DifficultyDto::Easy)),
            tags: Maybe(None),
            time_limit_ms: Maybe(Some(2000)),
            memory_limit_mb: Maybe(None),
            output_limit_kb: Maybe(None),
        }
    }
}

impl Example for TestsBody {
    fn example() -> Self {
        let test = |input: &str, answer: &str, sample| TestBody {
            input: input.to_owned(),
            answer: answer.to_owned(),
            sample,
            group: Maybe((!sample).then(|| "easy".to_owned())),
            explanation: Maybe(None),
        };
        Self {
            tests: vec![test("1 2\n", "3\n", true), test("-5 5\n", "0\n", false)],
            groups: Maybe(Some(vec![GroupBody {
                name: "easy".to_owned(),
                points: 40.0,
            }])),
            checker: Maybe(Some(CheckerBody {
                case_sensitive: Maybe(Some(false)),
                space_change_sensitive: Maybe(Some(false)),
                float_absolute_tolerance: Maybe(Some(1e-6)),
                float_relative_tolerance: Maybe(None),
            })),
        }
    }
}

impl Example for TestSetDto {
    fn example() -> Self {
        Self {
            test_set_id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0004),
            tests: 2,
            samples: 1,
            groups: vec![group()],
        }
    }
}

impl Example for ProblemItemDto {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0002),
            slug: "a-plus-b".to_owned(),
            title: "A plus B".to_owned(),
            difficulty: DifficultyDto::Easy,
            tags: vec!["warm-up".to_owned()],
            status: ProblemStatusDto::Published,
            acceptance: Nullable(Some(0.75)),
            submissions_total: 4,
            created_at: Time(DateTime::UNIX_EPOCH),
            updated_at: Time(DateTime::UNIX_EPOCH),
        }
    }
}

impl Example for ProblemDto {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0002),
            slug: "a-plus-b".to_owned(),
            title: "A plus B".to_owned(),
            statement: STATEMENT.to_owned(),
            difficulty: DifficultyDto::Easy,
            tags: vec!["warm-up".to_owned()],
            status: ProblemStatusDto::Published,
            time_limit_ms: 1000,
            memory_limit_mb: 256,
            output_limit_kb: 8192,
            kind: vec![ProblemKindDto::Scoring],
            max_score: Nullable(Some(40.0)),
            languages: Nullable(None),
            code_limit_kb: Nullable(None),
            attachments: vec![AttachmentDto {
                name: "testing_tool.py".to_owned(),
                size: 1234,
            }],
            samples: vec![SampleDto {
                input: "1 2\n".to_owned(),
                answer: "3\n".to_owned(),
                explanation: Some("1 + 2 = 3".to_owned()),
            }],
            test_count: 2,
            author: AuthorDto {
                id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0001),
                username: "ada".to_owned(),
            },
            acceptance: Nullable(None),
            submissions_total: 0,
            created_at: Time(DateTime::UNIX_EPOCH),
            updated_at: Time(DateTime::UNIX_EPOCH),
        }
    }
}

impl Example for ImportReportDto {
    fn example() -> Self {
        Self {
            problem: ProblemDto::example(),
            report: PackageReportDto {
                format_version: "legacy".to_owned(),
                kind: vec![ProblemKindDto::Scoring],
                samples: 1,
                secrets: 20,
                groups: vec![group()],
                time_limit_ms: 1000,
                time_limit_note: "the package says so".to_owned(),
                jury_submissions: 5,
                warnings: vec!["problem.yaml: rights_owner: ignored".to_owned()],
            },
        }
    }
}
