use std::collections::BTreeMap;
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut numbers = text.split_ascii_whitespace().map(|word| word.parse::<i64>().unwrap());
    let n = numbers.next().unwrap();
    let m = numbers.next().unwrap();
    let mut lockers = BTreeMap::new();
    for _ in 0..m {
        *lockers.entry(numbers.next().unwrap()).or_insert(0) += 1;
    }
    let (mut stored, mut lost) = (0, 0);
    for _ in 0..n {
        let parcel = numbers.next().unwrap();
        let found = lockers.range(parcel..).next().map(|(&size, &free)| (size, free));
        if let Some((size, free)) = found {
            stored += 1;
            lost += size - parcel;
            if free == 1 {
                lockers.remove(&size);
            } else {
                lockers.insert(size, free - 1);
            }
        }
    }
    println!("{stored} {lost}");
}
