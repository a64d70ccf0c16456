var
  x: LongWord;

begin
  while true do
    x := x + 1;
end.
