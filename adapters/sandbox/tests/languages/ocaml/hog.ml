let rec hog blocks = hog (Bytes.make (1 lsl 20) 'x' :: blocks)
let () = print_int (List.length (hog []))
