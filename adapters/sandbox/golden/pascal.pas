program Golden;

uses
  SysUtils, Math;

var
  count, index: Integer;
  value, sum: Int64;

begin
  ReadLn(count);
  sum := 0;
  for index := 1 to count do
  begin
    Read(value);
    sum := sum + value;
  end;
  WriteLn(IntToStr(Max(sum, 0)));
end.
