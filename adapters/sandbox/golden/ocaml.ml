module Values = Map.Make (Int)

let () =
  let count = Scanf.scanf " %d" (fun x -> x) in
  let rec read left values =
    if left = 0 then values
    else
      let value = Scanf.scanf " %d" (fun x -> x) in
      let times = Option.value (Values.find_opt value values) ~default:0 in
      read (left - 1) (Values.add value (times + 1) values)
  in
  Printf.printf "%d\n" (Values.fold (fun value times sum -> sum + (value * times)) (read count Values.empty) 0)
