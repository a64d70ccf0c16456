use strict;
my $x = ;
print $undeclared;
