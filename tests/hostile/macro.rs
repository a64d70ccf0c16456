// A compiler plug-in, in the hope that somebody loads it.
#![crate_type = "proc-macro"]
extern crate proc_macro;
#[proc_macro]
pub fn evil(_: proc_macro::TokenStream) -> proc_macro::TokenStream { panic!("loaded") }
