//! Examples for the OpenAPI document.

use super::dto::{FileDto, LimitsDto, ModeDto, StateDto, SubmissionDto, SubmissionItemDto, VerdictDto};
use super::languages::LanguageDto;
use super::requests::{BatchBody, BatchItemBody, RunBody, RunLimitsBody, SubmitBody};
use super::results::{GroupDto, TestDto};
use crate::response::{Maybe, Nullable, Time};
use chrono::DateTime;
use poem_openapi::types::Example;
use uuid::Uuid;

const SOURCE: &str = "a, b = map(int, input().split())\nprint(a + b)\n";
const SUBMISSION: Uuid = Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0003);
const PROBLEM: Uuid = Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0002);
const USER: Uuid = Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0001);

impl Example for SubmitBody {
    fn example() -> Self {
        Self {
            language: "python".to_owned(),
            source: Maybe(Some(SOURCE.to_owned())),
            files: Maybe(None),
            mode: Maybe(Some(ModeDto::Submit)),
            stdin: Maybe(None),
        }
    }
}

impl Example for BatchBody {
    fn example() -> Self {
        let item = |problem: &str, mode| BatchItemBody {
            problem: problem.to_owned(),
            language: "python".to_owned(),
            source: Maybe(Some(SOURCE.to_owned())),
            files: Maybe(None),
            mode: Maybe(Some(mode)),
            stdin: Maybe(None),
        };
        Self {
            submissions: vec![item("sum", ModeDto::Submit), item("difference", ModeDto::Run)],
        }
    }
}

impl Example for RunBody {
    fn example() -> Self {
        Self {
            language: "python".to_owned(),
            source: Maybe(Some(SOURCE.to_owned())),
            files: Maybe(None),
            stdin: Maybe(Some("1 2\n".to_owned())),
            args: Maybe(Some(Vec::new())),
            limits: Maybe(Some(RunLimitsBody {
                time_ms: Maybe(Some(1000)),
                memory_mb: Maybe(Some(128)),
                output_kb: Maybe(None),
            })),
        }
    }
}

impl Example for SubmissionDto {
    fn example() -> Self {
        Self {
            id: SUBMISSION,
            problem_id: Nullable(Some(PROBLEM)),
            user_id: USER,
            mode: ModeDto::Submit,
            language: "python".to_owned(),
            state: StateDto::Done,
            verdict: Nullable(Some(VerdictDto::Accepted)),
            score: Nullable(Some(1.0)),
            max_score: Nullable(Some(1.0)),
            tests: vec![TestDto {
                index: 1,
                sample: true,
                verdict: VerdictDto::Accepted,
                score: 1.0,
                cpu_ms: 18,
                wall_ms: 21,
                memory_kb: 9216,
                exit_code: Nullable(Some(0)),
                signal: Nullable(None),
                message: Nullable(None),
                input: Some("1 2\n".to_owned()),
                answer: Some("3\n".to_owned()),
                stdout: Some("3\n".to_owned()),
                stderr: Some(String::new()),
                name: None,
                judge_message: None,
            }],
            groups: vec![GroupDto {
                name: "secret/easy".to_owned(),
                verdict: VerdictDto::Accepted,
                score: 1.0,
                max_score: Nullable(Some(1.0)),
                tests: vec![1],
            }],
            compile_output: Nullable(None),
            cpu_ms: Nullable(Some(18)),
            wall_ms: Nullable(Some(21)),
            memory_kb: Nullable(Some(9216)),
            measured_by: Nullable(Some("cgroup-v2".to_owned())),
            sandbox_tier: Nullable(Some("A".to_owned())),
            worker_speed: Nullable(Some(1.07)),
            error_code: None,
            error_hint: None,
            source: Some(SOURCE.to_owned()),
            files: vec![FileDto {
                name: "main.py".to_owned(),
                content: SOURCE.to_owned(),
            }],
            stdin: None,
            args: Vec::new(),
            limits: LimitsDto {
                time_ms: 1000,
                memory_mb: 256,
                output_kb: 8192,
            },
            created_at: Time(DateTime::UNIX_EPOCH),
            judged_at: Nullable(Some(Time(DateTime::UNIX_EPOCH))),
        }
    }
}

impl Example for SubmissionItemDto {
    fn example() -> Self {
        Self {
            id: SUBMISSION,
            problem_id: Nullable(Some(PROBLEM)),
            user_id: USER,
            mode: ModeDto::Submit,
            language: "python".to_owned(),
            state: StateDto::Done,
            verdict: Nullable(Some(VerdictDto::WrongAnswer)),
            score: Nullable(Some(0.0)),
            max_score: Nullable(Some(1.0)),
            cpu_ms: Nullable(Some(18)),
            wall_ms: Nullable(Some(21)),
            memory_kb: Nullable(Some(9216)),
            created_at: Time(DateTime::UNIX_EPOCH),
            judged_at: Nullable(Some(Time(DateTime::UNIX_EPOCH))),
        }
    }
}

impl Example for LanguageDto {
    fn example() -> Self {
        Self {
            id: "cpp".to_owned(),
            name: "C++20 (GCC)".to_owned(),
            version: Nullable(Some("12.2.0".to_owned())),
            available: true,
            file_name: "main.cpp".to_owned(),
            extensions: vec!["cpp".to_owned(), "cc".to_owned()],
            compiled: true,
        }
    }
}
