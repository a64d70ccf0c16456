var
  block: PChar;

begin
  while true do
  begin
    GetMem(block, 1 shl 20);
    FillChar(block^, 1 shl 20, 'x');
  end;
end.
