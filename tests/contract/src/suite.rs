//! The macro that makes the suites' macros.

/// Declares `$name!`, which turns each listed clause of `$module` into a test of the same name.
///
/// The first argument must be `($)`: it lets this macro write the dollar signs of the one it makes.
macro_rules! suite {
    (($d:tt) $(#[$doc:meta])* $name:ident, $module:ident, [$($clause:ident),+ $(,)?]) => {
        $(#[$doc])*
        #[macro_export]
        macro_rules! $name {
            ($d make:expr) => {
                $(
                    #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $clause() {
                        let fixture = ($d make)().await;
                        $d crate::$module::$clause(&fixture).await;
                    }
                )+
            };
        }
    };
}
pub(crate) use suite;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path) -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .expect("the sources are readable")
            .map(|entry| entry.expect("an entry").path())
            .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
            .collect()
    }

    /// A clause that is missing in its suite would never run, and nobody would notice.
    #[test]
    fn every_clause_is_in_its_suite() {
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = std::fs::read_to_string(&path).expect("a readable source");
            let Some((_, after)) = text.split_once("suite! {\n") else {
                continue;
            };
            let list = after.split_once('[').expect("a list of clauses").1;
            let list = list.split_once(']').expect("an end of the list").0;
            let listed: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            for line in text.lines() {
                let Some(rest) = line.strip_prefix("pub async fn ") else { continue };
                let name = rest.split(['(', '<']).next().expect("a name");
                assert!(listed.contains(&name), "{}: `{name}` is not in the suite", path.display());
            }
        }
    }
}
