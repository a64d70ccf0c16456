// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
use std::{collections::BTreeSet, env, fs, io::Read, path::Path};
/// What the compiler was told of its own surroundings.
const COMPILED: [Option<&str>; 4] = [option_env!("PATH"), option_env!("HOME"), option_env!("PWD"), option_env!("CODESM_DATA_DIR")];
struct Search { given: Vec<u8>, found: BTreeSet<String> }
impl Search {
    fn look(&mut self, place: &str, data: &[u8]) {
        let start: Vec<u8> = ["can", "ary:"].concat().into_bytes();
        for at in 0..data.len().saturating_sub(30) {
            if data[at] != b'c' || !data[at..].starts_with(&start) { continue; }
            let rest = &data[at + start.len()..];
            let kind = rest.iter().take_while(|c| c.is_ascii_lowercase() || **c == b'-').count();
            let Some(number) = rest.get(kind + 1..kind + 17) else { continue };
            if kind == 0 || rest[kind] != b':' || !number.iter().all(u8::is_ascii_hexdigit) { continue; }
            let word = &data[at..at + start.len() + kind + 17];
            if word != self.given { self.found.insert(format!("{place}: {}", String::from_utf8_lossy(word))); }
        }
    }
    fn file(&mut self, path: &Path) {
        let mut data = Vec::new();
        if fs::File::open(path).is_ok_and(|file| file.take(8 << 20).read_to_end(&mut data).is_ok()) { self.look(&path.to_string_lossy(), &data); }
    }
    fn walk(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            self.look("a name", path.as_os_str().as_encoded_bytes());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() { if let Ok(target) = fs::read_link(&path) { self.look("a link", target.as_os_str().as_encoded_bytes()); } }
            else if kind.is_dir() { if !["/usr", "/proc", "/root", "/opt", "/home", "/var/lib"].iter().any(|skipped| path.starts_with(skipped)) { self.walk(&path); } }
            else if kind.is_file() { self.file(&path); }
        }
    }
}
fn main() {
    let mut given = String::new();
    std::io::stdin().read_line(&mut given).unwrap();
    let mut search = Search { given: given.trim().as_bytes().to_vec(), found: BTreeSet::new() };
    search.walk(Path::new("/"));
    search.walk(Path::new("/proc/self/fd"));
    for above in env::current_dir().iter().flat_map(|here| here.ancestors()).filter(|above| above.parent().is_some()) { search.walk(above); }
    for name in ["environ", "cmdline", "mountinfo", "mountstats", "maps", "status", "net/unix"] { search.file(&Path::new("/proc/self").join(name)); }
    for (name, value) in env::vars() { search.look(&name, value.as_bytes()); }
    for argument in env::args() { search.look("an argument", argument.as_bytes()); }
    for value in COMPILED.into_iter().flatten() { search.look("the compiler's environment", value.as_bytes()); }
    let all: Vec<_> = search.found.into_iter().collect();
    println!("{}", if all.is_empty() { "safe".to_owned() } else { all.join("\n") });
}
