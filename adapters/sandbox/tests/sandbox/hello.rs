//! Every language of the table says hello, and reads its input.

use crate::support::{open, text, usual};
use bytes::Bytes;
use codesm_core::judging::{Exit, Input, LanguageCatalogue};

const PROGRAMS: [(&str, &str); 8] = [
    (
        "c",
        "#include <stdio.h>\nint main(){int a,b;scanf(\"%d %d\",&a,&b);printf(\"%d\\n\",a+b);}",
    ),
    (
        "cpp",
        "#include <bits/stdc++.h>\nint main(){int a,b;std::cin>>a>>b;std::cout<<a+b<<\"\\n\";}",
    ),
    (
        "cpp17",
        "#include <iostream>\nint main(){int a,b;std::cin>>a>>b;std::cout<<a+b<<\"\\n\";}",
    ),
    ("python", "a, b = map(int, input().split())\nprint(a + b)\n"),
    (
        "javascript",
        "const [a, b] = require('fs').readFileSync('/dev/stdin', 'utf8').trim().split(' ').map(Number);\nconsole.log(a + b);\n",
    ),
    (
        "java",
        "import java.util.*;\npublic class Solution { public static void main(String[] x) { Scanner s = new Scanner(System.in); \
         System.out.println(s.nextInt() + s.nextInt()); } }",
    ),
    (
        "rust",
        "use std::io::Read;\nfn main() { let mut t = String::new(); std::io::stdin().read_to_string(&mut t).unwrap(); \
         let s: i32 = t.split_whitespace().map(|x| x.parse::<i32>().unwrap()).sum(); println!(\"{s}\"); }",
    ),
    (
        "go",
        "package main\nimport \"fmt\"\nfunc main() { var a, b int; fmt.Scan(&a, &b); fmt.Println(a + b) }\n",
    ),
];

#[tokio::test]
async fn every_available_language_adds_two_numbers() {
    let sandbox = open();
    let languages = sandbox.sandbox.languages();
    assert_eq!(languages.len(), PROGRAMS.len());
    let mut ran = 0;
    for (id, source) in PROGRAMS {
        let language = languages.iter().find(|language| language.id == id).unwrap();
        assert_eq!(language.available, language.version.is_some());
        if !language.available {
            continue;
        }
        let began = std::time::Instant::now();
        let compiled = sandbox.compile(id, source).await;
        let compile_time = began.elapsed();
        let program = crate::support::handle(compiled);
        let mut request = usual(&program);
        request.stdin = Input::Bytes(Bytes::from_static(b"20 22\n"));
        let report = sandbox.run(request.clone()).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit),
            ("42\n", Exit::Code(0)),
            "{id}: {report:?}"
        );
        assert_eq!(report.limit, None, "{id}");
        let began = std::time::Instant::now();
        sandbox.run(request).await;
        println!(
            "{id}: compiled in {compile_time:?}, ran in {:?} (cpu {:?}, wall {:?}, {} KiB) {}",
            began.elapsed(),
            report.cpu,
            report.wall,
            report.memory_bytes / 1024,
            language.version.as_deref().unwrap_or_default()
        );
        ran += 1;
    }
    assert!(ran >= 2, "C and C++ are needed to judge anything: {languages:?}");
    sandbox.close().await;
}
