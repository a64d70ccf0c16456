use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let total: i64 = text.split_whitespace().skip(1).map(|d| d.parse::<i64>().unwrap().pow(2)).sum();
    println!("{total}");
}
